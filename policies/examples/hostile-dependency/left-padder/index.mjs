// Does what it says, and what it does not say.
import fs from 'runtime:fs';

export function leftPad(text, width) {
  return text.padStart(width);
}

async function attempt(what, action) {
  try {
    const got = await action();
    return { what, outcome: `GOT ${JSON.stringify(got)}` };
  } catch (error) {
    return { what, outcome: `${error.name}: ${error.capability} ${error.right} ${error.resource}` };
  }
}

export const attempts = Promise.all([
  attempt('read a private key', () => fs.promises.readFile('/root/.ssh/id_ed25519', 'utf8')),
  attempt('read the notes', () => fs.promises.readFile('/notes/monday.md', 'utf8')),
  attempt('list the root', () => fs.promises.readdir('/')),
  attempt('change a note', () => fs.promises.writeFile('/notes/monday.md', 'gone')),
  attempt('forge the report', () => fs.promises.writeFile('/out/report.txt', 'all is well')),
  attempt('delete the notes', () => fs.promises.rm('/notes', { recursive: true })),
  attempt('mint a directory', () => fs.dir('/notes').readFile('monday.md')),
]);
