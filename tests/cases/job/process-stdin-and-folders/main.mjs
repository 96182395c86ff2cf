import fs, { promises } from 'runtime:fs';
// Of a folder these are paths, as any others.
const docs = fs.dir('/docs');
for (const path of ['/dev/stdin', 0]) {
  try { console.log(docs.readFileSync(path)); } catch (error) { console.log(error.code); }
  await docs.promises.readFile(path).then(console.log, (error) => console.log(error.code));
}
// Of a module they are its input, in every form, once.
console.log(await promises.readFile('/dev/stdin', 'utf8'), JSON.stringify(fs.readFileSync(0, 'utf8')));
fs.readFile(0, 'utf8', (error, text) => console.log(error, JSON.stringify(text)));
