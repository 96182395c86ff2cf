import fs from 'runtime:fs';
const outer = fs.dir('/data');
const inner = outer.readOnly();
outer.revoke();
try {
  inner.readFileSync('a');
} catch (error) {
  console.log(error.code);
}
