import { run } from './app.wasm';
import * as base from './base.wasm';
console.log(run(), base.g, base.c, base['a "b\\\n'], base.default, base.memory instanceof WebAssembly.Memory);
console.log(Object.keys(base).filter((name) => name.length < 2 || /^[a-z]+$/.test(name)).join(), Object.keys(base).length === 6);
console.log((await import('./base.wasm')) === base, base.bump);
