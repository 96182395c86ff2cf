import fs from 'runtime:fs';
export function readConfig() {
  return fs.readFileSync('/docs/a.txt', 'utf8');
}
export function readLater() {
  return fs.promises.readFile('/docs/a.txt', 'utf8');
}
