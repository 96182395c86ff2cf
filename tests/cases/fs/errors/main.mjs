import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
function show(label, action) {
  try { action(); console.log(label, 'worked'); } catch (e) { console.log(label, e.name, e.code, e.syscall, e.path, e.message); }
}
show('missing', () => fs.readFileSync('/docs/none.txt'));
show('missing stat', () => fs.statSync('/docs/none.txt'));
show('missing folder', () => fs.readdirSync('/docs/none'));
show('not a folder', () => fs.readdirSync('/docs/a.txt'));
show('through a file', () => fs.readFileSync('/docs/a.txt/x'));
show('exists', () => fs.mkdirSync('/docs/sub'));
show('not empty', () => fs.rmdirSync('/docs/sub'));
show('unlink none', () => fs.unlinkSync('/docs/none.txt'));
show('exclusive', () => fs.writeFileSync('/docs/a.txt', 'x', { flag: 'wx' }));
show('a folder', () => fs.readFileSync('/docs/sub'));
