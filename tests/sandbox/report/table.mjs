// Prints what the attack suite said (attack_report.h) as tables: node table.mjs REPORT [NAME OF WHAT FAILED...]
// Exits 1 if anything was not refused as it must be, or failed.
import { readFileSync } from 'node:fs';

const [file, ...failed] = process.argv.slice(2);
const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
const rows = lines.filter((line) => line.area !== undefined);
const figures = lines.filter((line) => line.figure !== undefined);

function table(head, body, right) {
  const widths = head.map((name, i) => Math.max(name.length, ...body.map((cells) => cells[i].length)));
  const line = (cells) => cells
    .map((cell, i) => (right.includes(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ').trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(line)].join('\n');
}

const number = (value) => (Number.isInteger(value) ? String(value) : value.toPrecision(3));
const clip = (text, most = 70) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

console.log(table(['area', 'attack', 'tried', 'as it must', 'how it ended'],
  rows.map((row) => [row.area, row.attack, String(row.tried), row.refused === row.tried ? 'all' : `${row.refused} !`,
    clip(row.detail)]), [2, 3]));
console.log();
if (figures.length > 0) {
  console.log(table(['figure', 'measured', 'at most', ''],
    figures.map(({ figure, value, atMost, unit }) => [figure, `${number(value)} ${unit}`.trim(),
      `${number(atMost)} ${unit}`.trim(), value <= atMost ? '' : 'MISSED']), [1, 2]));
  console.log();
}

const tried = rows.reduce((sum, row) => sum + row.tried, 0);
const right = rows.reduce((sum, row) => sum + row.refused, 0);
const who = process.getuid() === 0 ? 'root' : `uid ${process.getuid()}`;
const missed = figures.filter(({ value, atMost }) => value > atMost).length;
console.log(`${tried} attacks as ${who}: ${tried === right ? 'all ended as they must' : `${tried - right} did NOT end as they must`}` +
  (missed > 0 ? `; figures missed: ${missed}` : ''));
for (const name of failed) console.log(`FAILED: ${name}`);
process.exitCode = failed.length === 0 && tried === right && tried > 0 ? 0 : 1;
