import fs from 'runtime:fs';
console.log(fs.readFileSync('/docs/a.txt', 'utf8'));
try {
  fs.readFileSync('/more/a.txt');
} catch (error) {
  console.log(error.code);
}
