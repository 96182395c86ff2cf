import { change } from './loot.mjs';
const names = [
  'encoding', 'flag', 'mode', 'signal', 'flush', 'recursive', 'force', 'withFileTypes', 'bigint', 'throwIfNoEntry', 'transfer', 'into', 'at',
  'view', 'token', 'base', 'path', 'length', 'position', 'get', 'set', 'value', 'writable', 'cause', 'name', 'message', 'depth', 'once', 'shared',
];
const answers = new Set();
for (const name of names) {
  for (const way of [
    () => { Object.prototype[name] = 'hex'; },
    () => { Object.defineProperty(Object.prototype, name, { value: 'hex', configurable: true }); },
    () => { ({}).__proto__[name] = 'hex'; },
    () => { ({}).constructor.prototype[name] = 'hex'; },
    () => { Object.assign(Object.prototype, { [name]: 'hex' }); },
    () => { Function.prototype[name] = 'hex'; },
  ]) {
    try {
      way();
      answers.add(`${name} done`);
    } catch (error) {
      answers.add(error.name);
    }
  }
}
console.log([...answers].join());
change('parent', () => { Object.setPrototypeOf(Object.prototype, { encoding: 'hex' }); });
change('__proto__', () => { Object.prototype.__proto__ = { encoding: 'hex' }; });
console.log(names.filter((name) => name in {}).join());
