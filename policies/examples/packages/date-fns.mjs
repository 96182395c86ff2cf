// The age of each file's subject on a given day.
import fs from 'runtime:fs';
import { differenceInYears, format, parseISO } from 'date-fns';

for (const [, name, born] of fs.readFileSync('/data/people.yaml', 'utf8').matchAll(/name: (\w+), born: ([\d-]+)/g)) {
  console.log(name, format(parseISO(born), 'd MMM yyyy'), differenceInYears(parseISO('1843-09-01'), parseISO(born)));
}
