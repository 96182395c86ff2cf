import { take } from './loot.mjs';
export function borrow(...things) {
  for (const thing of things) {
    const answers = new Set();
    const spy = (...args) => take(this, ...args);
    const attempt = (action) => {
      try {
        action();
        answers.add('done');
      } catch (error) {
        answers.add(error.name);
      }
    };
    for (const key of ['readFile', 'read', 'write', 'writeFile', 'readFileSync', 'writeFileSync', 'close', 'more', 'constructor', 'promises']) {
      attempt(() => { thing[key] = spy; });
      attempt(() => { Object.defineProperty(thing, key, { value: spy }); });
    }
    attempt(() => { Object.setPrototypeOf(thing, { writeFile: spy }); });
    attempt(() => { thing.__defineGetter__('readFile', () => spy); });
    console.log(`${thing[Symbol.toStringTag] ?? 'functions'}: ${[...answers].join()}`);
  }
}
