import { patch } from './loot.mjs';
for (const [label, owner, keys] of [
  ['iterator', Iterator.prototype, ['map', 'toArray', Symbol.iterator]],
  ['array', Object.getPrototypeOf([].values()), ['next']],
  ['map', Object.getPrototypeOf(new Map().values()), ['next']],
  ['set', Object.getPrototypeOf(new Set().values()), ['next']],
  ['string', Object.getPrototypeOf(''[Symbol.iterator]()), ['next']],
  ['matches', Object.getPrototypeOf(''.matchAll(/x/g)), ['next']],
  ['generator', Object.getPrototypeOf(function* () {}).prototype, ['next', 'return', 'throw']],
  ['async generator', Object.getPrototypeOf(async function* () {}).prototype, ['next', 'return', 'throw']],
  ['async iterator', Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype), [Symbol.asyncIterator]],
  ['helper', Object.getPrototypeOf([].values().map((x) => x)), ['next']],
  ['wrapped', Object.getPrototypeOf(Iterator.from({ next() {} })), ['next']],
  ['segments', Object.getPrototypeOf(new Intl.Segmenter().segment('')), ['containing']],
  ['segment', Object.getPrototypeOf(new Intl.Segmenter().segment('')[Symbol.iterator]()), ['next']],
]) for (const key of keys) patch(`${label} ${String(key)}`, owner, key);
