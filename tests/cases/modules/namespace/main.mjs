console.log(this, typeof require, typeof module);
const ns = await import('./lib.mjs');
try { ns.value = 2; } catch (error) { console.log(error.name); }
console.log(Object.keys(ns), ns[Symbol.toStringTag]);
