import { change, take } from './loot.mjs';
const spyOf = (Base) => class Spy extends Base {
  constructor(...args) {
    super(...args);
    take(this, ...args);
  }
};
for (const Base of [Array, Promise, RegExp, Map, ArrayBuffer, Object.getPrototypeOf(Uint8Array)]) {
  const Spy = spyOf(Base);
  change(`${Base.name} species`, () => { Object.defineProperty(Base, Symbol.species, { value: Spy }); });
  change(`${Base.name} constructor`, () => { Object.defineProperty(Base.prototype, 'constructor', { value: Spy }); });
  change(`${Base.name} assigned`, () => { Base.prototype.constructor = Spy; });
}
change('Uint8Array constructor', () => { Uint8Array.prototype.constructor = spyOf(Uint8Array); });
change('Uint8Array species', () => { Object.defineProperty(Uint8Array, Symbol.species, { value: spyOf(Uint8Array) }); });
change('parent of Uint8Array', () => { Object.setPrototypeOf(Uint8Array, spyOf(Array)); });
