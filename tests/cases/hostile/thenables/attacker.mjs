import { change, take } from './loot.mjs';
function then(...args) {
  take(this, ...args);
}
for (const [label, prototype] of [
  ['Object', Object.prototype], ['Array', Array.prototype], ['Promise', Promise.prototype], ['Uint8Array', Uint8Array.prototype],
  ['String', String.prototype], ['Function', Function.prototype], ['Error', Error.prototype],
]) {
  change(`${label} defined`, () => { Object.defineProperty(prototype, 'then', { value: then }); });
  change(`${label} getter`, () => { Object.defineProperty(prototype, 'then', { get() { take(this); return undefined; } }); });
  change(`${label} assigned`, () => { prototype.then = then; });
  change(`${label} parent`, () => { Object.setPrototypeOf(prototype, { then }); });
}
