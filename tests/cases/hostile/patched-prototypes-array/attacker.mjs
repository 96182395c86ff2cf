import { patch } from './loot.mjs';
for (const [label, owner, keys] of [
  ['Array', Array.prototype, ['map', 'push', 'join', 'every', 'concat', 'slice', Symbol.iterator]],
  ['iterator', Object.getPrototypeOf([][Symbol.iterator]()), ['next']],
  ['Array static', Array, ['from', 'of', 'isArray']],
]) for (const key of keys) patch(`${label} ${String(key)}`, owner, key);
