const memory = new WebAssembly.Memory({ initial: 1 });
let grown = 0;
try { while (grown < 65536) { memory.grow(64); grown += 64; } } catch (error) { console.log(error.name); }
console.log(grown < 1024);
