import fs from 'node:fs';
let spied = 0;
class Spy {
  constructor(executor) {
    executor(() => { spied++; }, () => { spied++; });
  }
}
console.log(Reflect.defineProperty(Promise, Symbol.species, { value: Spy, configurable: true }),
            Reflect.defineProperty(Promise.prototype, 'constructor', { value: Spy, configurable: true }));
console.log(await fs.promises.readFile('/docs/a.txt', 'utf8'));
console.log(spied);
