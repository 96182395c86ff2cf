import { change, take } from './loot.mjs';
for (const [label, prototype] of [['Array', Array.prototype], ['Object', Object.prototype], ['String', String.prototype], ['Uint8Array', Uint8Array.prototype], ['TypedArray', Object.getPrototypeOf(Uint8Array.prototype)]]) {
  for (const key of ['0', '1', 'length', 'index', 'groups', 'done']) {
    change(`${label} ${key}`, () => {
      Object.defineProperty(prototype, key, { set(value) { take(this, value); }, get() { take(this); return undefined; } });
    });
  }
}
change('length of Array.prototype', () => { Array.prototype.length = 5; });
change('push onto it', () => { Array.prototype.push('x'); });
