import { take } from './loot.mjs';
const own = setTimeout(() => {}, 0);
const { constructor: Timeout } = own;
const { constructor: Immediate } = setImmediate(() => {});
export function attack() {
  const answers = new Set();
  const attempt = (action) => {
    try {
      answers.add(String(action()));
    } catch (error) {
      answers.add(error.name);
    }
  };
  for (const fake of [{}, { __proto__: Timeout.prototype }, Object.create(own), new Proxy(own, {}), 1.5, '', null]) {
    attempt(() => Timeout.prototype.close.call(fake));
    attempt(() => Timeout.prototype.refresh.call(fake));
    attempt(() => Timeout.prototype.unref.call(fake));
    attempt(() => clearTimeout(fake));
    attempt(() => clearImmediate(fake));
    attempt(() => AbortSignal.prototype.throwIfAborted.call(fake));
  }
  // A timer made by hand is not one that runs.
  const made = new Timeout((...args) => take(this, ...args), 0, ['x'], true);
  attempt(() => typeof made.refresh);
  attempt(() => new Immediate(() => {}, []).hasRef());
  attempt(() => { Timeout.prototype.close = take; });
  attempt(() => { Object.defineProperty(Timeout.prototype, Symbol.toPrimitive, { value: take }); });
  attempt(() => { setTimeout.call = take; });
  // Nor can numbers of timers be guessed from one's own.
  for (let number = 0; number < 2000; number++) {
    clearTimeout(number);
    clearTimeout(+own - 1000 + number);
    clearInterval(`${number}`);
  }
  for (const key of Reflect.ownKeys(own)) take(own[key]);
  return [...answers].sort().join();
}
