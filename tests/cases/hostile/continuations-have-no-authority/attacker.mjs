import fs from 'runtime:fs';
const told = [];
const later = [];
export async function tell() {
  await Promise.all(later);
  return `${told.length} ${[...new Set(told)].join()}`;
}
// To be called by a module with a grant, in the middle of what it does.
export function attack(label) {
  try {
    told.push(`${label}: ${fs.readFileSync('/docs/secret.txt', 'utf8')}`);
  } catch (error) {
    told.push(error.name);
  }
  later.push(fs.promises.readFile('/docs/secret.txt').then((text) => told.push(`${label} later: ${text}`), (error) => told.push(error.name)));
  return label;
}
