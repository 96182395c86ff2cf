// For hostile cases: a module that has a grant on /docs, does ordinary work with it and says what came out.
import fs, { readFile } from 'runtime:fs';

const path = '/docs/secret.txt';

class Note {
  constructor(text) { this.text = text; }
  toString() { return `note ${this.text}`; }
}

export async function work() {
  const lines = [];
  const say = (name, value) => { lines.push(`${name}=${value}`); };
  const text = fs.readFileSync(path, 'utf8');
  say('sync', text);
  say('promise', await fs.promises.readFile(path, 'utf8'));
  say('callback', await new Promise((resolve, reject) => {
    readFile(path, 'utf8', (error, value) => (error ? reject(error) : resolve(value)));
  }));
  const bytes = fs.readFileSync(path);
  say('bytes', [...bytes].map((byte) => String.fromCharCode(byte)).join(''));
  say('slice', new TextDecoder().decode(bytes.subarray(0, 3)) + new TextDecoder().decode(bytes.slice(3)));
  const handle = await fs.promises.open(path);
  for await (const chunk of handle) say('chunk', new TextDecoder().decode(chunk));
  await handle.close();
  const folder = fs.dir('/docs').readOnly();
  say('folder', (await folder.promises.readdir('.')).join());
  say('stat', folder.statSync('secret.txt').isFile());
  folder.revoke();
  const words = new Map([...text.matchAll(/[a-z]+/g)].map((match, at) => [at, match[0]]));
  say('words', [...words.values()].concat(text.split(/\d/)).join('+'));
  const all = await Promise.all([text, Promise.resolve(text), (async () => text)()]);
  say('all', all.every((one) => one === text));
  say('note', `${new Note(text)}`);
  say('apply', String.prototype.toUpperCase.call(text) + Math.max.apply(null, [1, 2]) + text.at.bind(text, 0)());
  say('json', JSON.stringify({ text }));
  return lines.join('\n');
}
