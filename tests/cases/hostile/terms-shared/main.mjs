import fs from 'runtime:fs';
const dir = fs.dir('/docs');
// Every way to have another object of the same budget.
const family = (one) => [one, one.readOnly(), one.subdir('.'), one.only('read', 'write', 'create'), one.budget({ calls: 1e9, bytes: 1e12 }), one.until(1e9)];
async function crowd(one, count, action) {
  const all = family(one);
  const settled = await Promise.allSettled(Array.from({ length: count }, (_, i) => action(all[i % all.length], i)));
  const values = settled.filter(({ status }) => status === 'fulfilled').map(({ value }) => value);
  const reasons = [...new Set(settled.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.reason ?? reason.code))];
  return { values, reasons };
}

const calls = await crowd(dir.budget({ calls: 51 }), 600, (some) => some.promises.stat('k'));  // subdir was one
console.log('calls:', calls.values.length, ...calls.reasons);

fs.mkdirSync('/docs/out');
const out = fs.dir('/docs/out').budget({ calls: 20 });
const writes = await Promise.allSettled(Array.from({ length: 200 }, (_, i) => out.promises.writeFile(String(i), 'x')));
console.log('writes:', writes.filter(({ status }) => status === 'fulfilled').length, writes.at(-1).reason.reason, fs.readdirSync('/docs/out').length);

const bytes = await crowd(dir.budget({ bytes: 25_999 }), 600, (some) => some.promises.readFile('k'));
console.log('bytes:', bytes.values.reduce((sum, value) => sum + value.length, 0), ...bytes.reasons);

// Of files in several pieces each is whole or refused, whatever the others take meanwhile.
for (const [label, limit] of [['large:', 2_999_999], ['large, enough for one:', 3_000_000]]) {
  const some = dir.budget({ bytes: limit });
  const read = [];
  for (let i = 0; i < 1; i++) read.push(await some.promises.readFile('large').catch(() => undefined));
  const more = await Promise.allSettled([some.promises.readFile('large'), some.promises.readFile('large')]);
  const got = [...read, ...more.map(({ value }) => value)].filter((value) => value !== undefined);
  console.log(label, got.length, got.every((value) => value.length === 3_000_000) ? 'whole' : 'in part');
}
const pieces = await crowd(dir.budget({ bytes: 7_000_000 }), 12, (some) => some.promises.readFile('large'));
const whole = pieces.values.every((value) => value.length === 3_000_000);
console.log('pieces:', whole && pieces.values.length <= 2 ? 'within' : `${pieces.values.length} ${whole}`);

// Budgets beside each other within one: all hold.
const outer = dir.budget({ calls: 5 });
const [one, other] = [outer.budget({ calls: 4 }), outer.budget({ calls: 4 })];
const both = await Promise.allSettled(Array.from({ length: 40 }, (_, i) => (i % 2 ? one : other).promises.stat('k')));
console.log('both:', both.filter(({ status }) => status === 'fulfilled').length, both.at(-1).reason.reason);
