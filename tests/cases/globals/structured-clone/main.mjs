const value = { map: new Map([[1, new Set(['x'])]]), date: new Date(0), bytes: new Uint8Array([1, 2]), big: 1n, error: new RangeError('r'), re: /a/g };
value.self = value;
const copy = structuredClone(value);
console.log(copy.map, copy.date, copy.bytes, copy.big, copy.error.name, copy.re, copy.self === copy, copy !== value);
const buffer = new ArrayBuffer(8);
const moved = structuredClone(buffer, { transfer: [buffer] });
console.log(buffer.byteLength, moved.byteLength);
try { structuredClone(() => {}); } catch (error) { console.log(error.name, error.code); }
