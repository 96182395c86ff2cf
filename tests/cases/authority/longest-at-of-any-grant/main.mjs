import { attempt } from './attempt.mjs';
import fs from 'runtime:fs';
import { read } from './denied.mjs';
for (const path of ['/x/f', '/x/in/f', '/x/in/behind', '/x/in/deep/f', '/x/in/../f', '/x/link', '/x/folder/f', '/x/inn']) {
  attempt(path, () => fs.readFileSync(path, 'utf8'));
}
attempt('write outer', () => fs.writeFileSync('/x/new', 'x'));
attempt('write inner', () => fs.writeFileSync('/x/in/f', 'x'));
attempt('list inner', () => fs.readdirSync('/x/in'));
attempt('object', () => fs.dir('/x').readFileSync('in/f', 'utf8'));
attempt('object of inner', () => fs.dir('/x').subdir('in').readFileSync('f', 'utf8'));
attempt('object, behind', () => fs.dir('/x').readFileSync('in/behind', 'utf8'));
attempt('denied', () => read('/x/in/f'));
attempt('denied, behind', () => read('/x/in/behind'));
attempt('listed', () => fs.readdirSync('/x').sort());
