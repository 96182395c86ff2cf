import fs from 'runtime:fs';
const dir = fs.dir('/docs');
const read = (some) => {
  try {
    return some.readFileSync('a', 'utf8');
  } catch (error) {
    return error.reason;
  }
};
function refused(label, action) {
  try {
    action();
    console.log(`${label}: NOT REFUSED`);
  } catch (error) {
    console.log(`${label}: ${/^ERR_/.test(error.code) ? 'refused' : error}`);
  }
}
const wrong = [
  -1, -(2 ** 53), NaN, Infinity, -Infinity, 0.5, 1e-9, 2 ** 53, 1e300, '5', '', 5n, true, null, [], [5], {}, Symbol('five'),
  { valueOf: () => 5 }, { [Symbol.toPrimitive]: () => 5 }, new Number(5), () => 5, new Proxy([5], {}), new Date(5),
];
for (const [i, value] of wrong.entries()) {
  refused(`until ${i}`, () => dir.until(value));
  for (const key of ['calls', 'bytes', 'perSecond']) {
    refused(`${key} ${i}`, () => dir.budget({ calls: 5, [key]: value }));
  }
}
refused('until of nothing', () => dir.until());
for (const limits of [undefined, null, 5, 'calls', [], [5], () => 5, {}, { calls: undefined }, { call: 5 }, { Calls: 5 }, { calls: 5, rights: [] },
                      { [Symbol('calls')]: 5 }, Object.create({ calls: 5 }), new Map([['calls', 5]]), { __proto__: { bytes: 5 } }]) {
  refused('budget', () => dir.budget(limits));
}
const reads = { calls: 0, bytes: 0, perSecond: 0 };
const limits = {};
for (const key of Object.keys(reads)) Object.defineProperty(limits, key, { enumerable: key !== 'bytes', get: () => (++reads[key] === 1 ? 1 : 1000) });
const once = dir.budget(limits);
console.log('getters:', ...Object.values(reads));
console.log('once:', read(once), read(once));
refused('ownKeys', () => dir.budget(new Proxy({ calls: 5 }, { ownKeys: () => ['calls', 'more'], getOwnPropertyDescriptor: () => ({ value: 5, configurable: true, enumerable: true }) })));
let answers = 0;
const swapped = dir.budget(new Proxy({}, {
  ownKeys: () => ['calls'], getOwnPropertyDescriptor: () => ({ value: 1e9, configurable: true, enumerable: true }), get: () => (answers++ === 0 ? 1 : 1e9),
}));
console.log('swapped:', read(swapped), read(swapped));
const traps = [];
dir.budget(new Proxy({ calls: 5 }, new Proxy({}, {
  get: (_, trap) => (...args) => { traps.push(trap === 'get' ? `get ${String(args[1])}` : trap); return Reflect[trap](...args); },
})));
console.log('traps:', JSON.stringify(traps));
try {
  dir.budget({ get calls() { throw new Error('mine'); } });
} catch (error) {
  console.log("of a getter's error:", error.message);
}
const dirty = JSON.parse('{"__proto__": {"calls": 5}}');
refused('polluted', () => dir.budget(dirty));
console.log('largest:', read(dir.until(2 ** 32 - 1)), read(dir.budget({ calls: 2 ** 53 - 1, bytes: 2 ** 53 - 1, perSecond: 1e6 })));
console.log('zero:', ...['calls', 'bytes', 'perSecond'].map((key) => read(dir.budget({ [key]: 0 }))));
console.log('minus zero:', read(dir.until(-0)));
