import { patch } from './loot.mjs';
for (const [label, owner, keys] of [
  ['Promise', Promise.prototype, ['then', 'catch', 'finally']],
  ['Promise static', Promise, ['resolve', 'reject', 'all', 'race', 'withResolvers']],
  ['async', Object.getPrototypeOf(async () => {}), ['constructor']],
]) for (const key of keys) patch(`${label} ${String(key)}`, owner, key);
