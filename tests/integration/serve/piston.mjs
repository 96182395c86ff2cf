// Piston's API: its client of npm, unmodified, over TCP, and what its documentation says.
import piston from 'piston-client';
import { sha256 } from './bench.mjs';

export default async function (bench) {
  const service = await bench.start();
  const execute = (body) => service.post('/api/v2/execute', body);
  const run = async (content, extra = {}) => (await execute({ language: 'javascript', version: '*', files: [{ name: 'main.js', content }], ...extra })).json.run;

  const runtimes = (await service.get('/api/v2/runtimes')).json;
  bench.equal([runtimes.length, runtimes[0].language, runtimes[0].aliases.includes('js')], [1, 'javascript', true], 'runtimes');
  const { version } = runtimes[0];

  // .js is CommonJS, input comes as such programs read it.
  const lines = Array.from({ length: 30_000 }, (_, i) => `${i} €`).join('\n');
  const sum = String(Array.from({ length: 30_000 }, (_, i) => i).reduce((a, b) => a + b, 0));
  for (const [way, program] of Object.entries({
    sync: `const fs = require('fs'); const text = fs.readFileSync(0, 'utf8');`,
    'sync bytes': `const text = require('fs').readFileSync('/dev/stdin').toString();`,
    'sync of node:fs': `const { readFileSync } = require('node:fs'); const text = readFileSync('/dev/stdin', { encoding: 'utf8' });`,
  })) {
    const { stdout, code } = await run(`${program} console.log(text.split('\\n').reduce((sum, line) => sum + parseInt(line), 0));`, { stdin: lines });
    bench.equal([stdout, code], [`${sum}\n`, 0], way);
  }
  const events = await run(`let text = ''; process.stdin.on('data', (chunk) => text += chunk); process.stdin.on('end', () => {
  const all = text.split('\\n'); console.log(all.length, all.every((line) => line.endsWith(' €'))); });`, { stdin: lines.replaceAll('\n', '\n') });
  bench.check(events.stdout.startsWith('30000 '), events.stdout);
  const readable = await run(`process.stdin.setEncoding('utf8'); let text = ''; process.stdin.on('readable', () => { for (let c; (c = process.stdin.read()) !== null;) text += c; });
process.stdin.on('end', () => { const all = text.split('\\n'); console.log(all.length, all.every((line) => line.endsWith(' €'))); });`, { stdin: lines });
  bench.equal(readable.stdout, '30000 true\n', 'text that is cut in no character');
  bench.equal((await run('console.log(process.argv.slice(2).join(), module === require.main, typeof exports)', { args: ['a', 'b c'] })).stdout, 'a,b c true object\n', 'arguments');
  const left = await run('process.stdout.write("no newline"); process.stderr.write("err"); process.exit(3)');
  bench.equal([left.stdout, left.stderr, left.output, left.code, left.signal], ['no newline', 'err', 'no newlineerr', 3, null], 'exit');
  const thrown = await run('console.log(1); throw new TypeError("no")');
  bench.equal([thrown.code, thrown.stdout], [1, '1\n'], 'an exception');
  bench.check(thrown.stderr.includes('TypeError: no') && thrown.output.startsWith('1\n'), thrown.stderr);
  const slow = await run('for (;;);', { run_timeout: 300 });
  bench.equal([slow.code, slow.signal, slow.status], [null, 'SIGKILL', 'TO'], 'a timeout');
  const large = await run('const a = []; for (;;) a.push(new Uint8Array(1e6).fill(1))', { run_memory_limit: 32 << 20 });
  bench.equal([large.code, large.signal], [null, 'SIGKILL'], 'memory');
  bench.check(large.message.startsWith('memory-limit'), large.message);
  const files = (await execute({ language: 'js', version, files: [
    { name: 'index.js', content: Buffer.from('console.log(require("./lib/a").x, require("./data.json").y)').toString('base64'), encoding: 'base64' },
    { name: 'lib/a.js', content: Buffer.from('exports.x = 1').toString('hex'), encoding: 'hex' },
    { name: 'data.json', content: '{"y":2}' }] })).json;
  bench.equal([files.language, files.version, files.run.stdout], ['javascript', version, '1 2\n'], 'files');
  bench.equal((await execute({ language: 'js', version: `${version.split('.')[0]}.x`, files: [{ content: 'console.log(1)' }] })).json.run.stdout, '1\n', 'without a name');
  bench.equal((await run('import fs from "fs"; console.log(typeof fs.readFileSync, import.meta.url)')).stdout, 'function file:///main.js\n', 'what can only be a module is one');

  // Faults, in Piston's form.
  for (const [body, part] of [
    [{ language: 'python', version: '*', files: [{ content: '' }] }, 'python-* runtime is unknown'],
    [{ language: 'javascript', version: '99.0.0', files: [{ content: '' }] }, 'runtime is unknown'],
    [{ version: '*', files: [{ content: '' }] }, 'language is required'],
    [{ language: 'javascript', files: [{ content: '' }] }, 'version is required'],
    [{ language: 'javascript', version: '*' }, 'files is required'],
    [{ language: 'javascript', version: '*', files: [] }, 'files is required'],
    [{ language: 'javascript', version: '*', files: [{}] }, 'content is required'],
    [{ language: 'javascript', version: '*', files: [{ content: 'x', encoding: 'rot13' }] }, 'encoding'],
    [{ language: 'javascript', version: '*', files: [{ name: '../x.js', content: '' }] }, 'path'],
    [{ language: 'javascript', version: '*', files: [{ content: '' }], run_timeout: 1e9 }, 'run_timeout'],
    [{ language: 'javascript', version: '*', files: [{ content: '' }], run_timeout: 'x' }, 'run_timeout'],
    ['{', 'not JSON'],
  ]) {
    const answer = await execute(body);
    bench.check(answer.status === 400 && answer.json.message.includes(part), `${JSON.stringify(body)}: ${answer.status} ${answer.text}`);
  }
  await bench.stop(service);

  // The client of npm can be told a URL: the token is its password.
  const tcp = await bench.start({ listen: '127.0.0.1:0', config: `[[tenant]]\nname = "a"\ntoken_sha256 = "${sha256('t')}"\n` });
  const client = piston({ server: `http://any:t@127.0.0.1:${tcp.port}` });
  bench.equal((await client.runtimes()).map((runtime) => runtime.language), ['javascript'], 'runtimes of the client');
  const executed = await client.execute('javascript', 'console.log("Hello, " + require("fs").readFileSync(0, "utf8").trim() + "!")', { stdin: 'client\n' });
  bench.equal([executed.language, executed.run.stdout, executed.run.code], ['javascript', 'Hello, client!\n', 0], 'execute of the client');
  const configured = await client.execute({ language: 'javascript', version, files: [{ name: 'a.js', content: 'console.log(process.argv[2])' }], args: ['x'] });
  bench.equal(configured.run.stdout, 'x\n', 'execute with a configuration');
  await bench.stop(tcp);
}
