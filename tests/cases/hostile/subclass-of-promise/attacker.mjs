import fs from 'runtime:fs';
import { opening, report, take } from './loot.mjs';

class Spy extends Promise {
  static get [Symbol.species]() { return Spy; }
  then(ok, bad) {
    take(ok, bad);
    return super.then((value) => {
      take(value);
      return ok?.(value);
    }, bad);
  }
}
export const spy = new Spy((resolve) => resolve('bait'));
export const thenable = {
  then(resolve, reject) {
    take(resolve, reject, this);
    resolve('bait');
  },
};
export async function steal(promise) {
  opening();
  // Promises of calls are of the language's own class, whoever asks, and none of them is ever another's.
  const own = fs.promises.readFile('/docs/secret.txt');
  console.log(own.constructor === Promise, Object.getPrototypeOf(own) === Promise.prototype, own === promise);
  await own.catch((error) => console.log(error.name));
  for (const run of [() => Spy.prototype.then.call(promise), () => Promise.prototype.then.call({ __proto__: Promise.prototype }), () => Promise.resolve.call(class {}, own)]) {
    try {
      await run();
      console.log('ran');
    } catch (error) {
      console.log(error.name);
    }
  }
}
export { report };
