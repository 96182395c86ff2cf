import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
attempt('inner', () => fs.readFileSync('/docs/inner', 'utf8'));
attempt('readlink', () => fs.readlinkSync('/docs/inner'));
attempt('realpath', () => fs.realpathSync('/docs/inner'));
for (const name of ['outer', 'absolute', 'up/secret.txt', 'chain', 'root']) {
  const path = `/docs/${name}`;
  attempt(`read ${name}`, () => fs.readFileSync(path, 'utf8'));
  attempt(`stat ${name}`, () => fs.statSync(path));
  attempt(`realpath ${name}`, () => fs.realpathSync(path));
  attempt(`write ${name}`, () => fs.writeFileSync(path, 'owned'));
}
attempt('readlink outer', () => fs.readlinkSync('/docs/outer'));
attempt('readlink absolute', () => fs.readlinkSync('/docs/absolute'));
attempt('loop', () => fs.readFileSync('/docs/loop'));
attempt('list through', () => fs.readdirSync('/docs/up'));
attempt('make through', () => fs.mkdirSync('/docs/up/made'));
attempt('unlink', () => fs.unlinkSync('/docs/outer'));
