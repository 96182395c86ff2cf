import fs from 'runtime:fs';
export function work() {
  try {
    fs.readFileSync('/docs/none');
  } catch (error) {
    return error.stack;
  }
  return '';
}
