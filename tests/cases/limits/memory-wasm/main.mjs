const memory = new WebAssembly.Memory({ initial: 1 });
try {
  memory.grow(60000);
} catch (error) {
  console.log(error.name);
}
memory.grow(16);
console.log(memory.buffer.byteLength);
