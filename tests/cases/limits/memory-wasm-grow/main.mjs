const all = [];
for (;;) {
  const memory = new WebAssembly.Memory({ initial: 1 });
  memory.grow(15);
  new Uint8Array(memory.buffer).fill(1);
  all.push(memory);
}
