// How old people are on a day.
import fs from 'runtime:fs';
import dayjs from 'dayjs';
import utc from 'dayjs/plugin/utc.js';

dayjs.extend(utc);
for (const [, name, born] of fs.readFileSync('/data/people.yaml', 'utf8').matchAll(/name: (\w+), born: ([-\d]+)/g)) {
  console.log(name, dayjs.utc(born).format('D MMM YYYY'), dayjs.utc('1843-09-01').diff(dayjs.utc(born), 'year'));
}
