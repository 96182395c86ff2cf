// Reaches what a worker needs of the kernel: a heap that grows and shrinks, large buffers, code, waiting, calls refused.
import { readFileSync } from 'runtime:fs';

const growing = new ArrayBuffer(1 << 12, { maxByteLength: 1 << 24 });
for (const size of [1 << 20, 1 << 24, 1 << 12]) growing.resize(size);
let kept = [];
for (let round = 0; round < 12; round++) {
  for (let i = 0; i < 40_000; i++) kept.push({ round, list: [i, i + 1], text: `text ${i}` });
  if (round % 4 === 3) kept = [];
}
for (let i = 0; i < 20; i++) new Uint8Array(3 << 20).fill(i);
const strings = new Map();
for (let i = 0; i < 100_000; i++) strings.set(`key ${i}`, new Uint8Array(32));
strings.clear();
kept = null;
try {
  readFileSync('/secret');
} catch (error) {
  console.log(error.code);
}

const fibonacci = (n) => (n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2));
console.log(fibonacci(24));
if (globalThis.WebAssembly) {
  // (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)
  const bytes = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 2, 127, 127, 1, 127, 3, 2, 1, 0, 7, 7, 1, 3, 97,
    100, 100, 0, 0, 10, 9, 1, 7, 0, 32, 0, 32, 1, 106, 11);
  const { instance } = await WebAssembly.instantiate(bytes);
  console.log(instance.exports.add(20, 22));
}
crypto.getRandomValues(new Uint8Array(4096));
await new Promise((resolve) => setTimeout(resolve, 5));
console.log('done', new Date(0).toISOString(), new Intl.NumberFormat().format(1234.5));
