import { patch } from './loot.mjs';
for (const [label, owner, keys] of [
  ['TypedArray', Object.getPrototypeOf(Uint8Array.prototype), ['subarray', 'slice', 'set', 'fill', Symbol.iterator]],
  ['DataView', DataView.prototype, ['getUint8']],
  ['TextDecoder', TextDecoder.prototype, ['decode']],
  ['String', String, ['fromCharCode']],
]) for (const key of keys) patch(`${label} ${String(key)}`, owner, key);
