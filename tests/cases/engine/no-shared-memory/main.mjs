console.log(typeof SharedArrayBuffer, typeof Atomics?.wait, typeof Atomics?.waitAsync);
try {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  console.log(Object.prototype.toString.call(memory.buffer));
} catch (error) { console.log(error.name); }
try { console.log(structuredClone(new WebAssembly.Memory({ initial: 1 }))); } catch (error) { console.log(error.name); }
