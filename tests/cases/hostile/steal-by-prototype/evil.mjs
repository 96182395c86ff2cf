import fs from 'runtime:fs';
import * as namespace from 'runtime:fs';
import { attempt } from './attempt.mjs';
const seen = [];
const spy = (object, name) => {
  try {
    const original = object[name];
    Object.defineProperty(object, name, { value: function (...args) { seen.push(this, ...args); return Reflect.apply(original, this, args); } });
  } catch {}
};
for (const [object, name] of [[Function.prototype, 'call'], [Function.prototype, 'apply'], [Array.prototype, 'push'], [Promise.prototype, 'then'], [Object, 'create'], [Object, 'freeze'], [String.prototype, 'slice'], [Map.prototype, 'get'], [WeakMap.prototype, 'get'], [Reflect, 'apply']]) spy(object, name);
for (const key of ['token', 'view', 'base', 'then', 'context', 'path', 'code']) {
  try { Object.defineProperty(Object.prototype, key, { set(value) { seen.push(value); }, get() { seen.push(this); return undefined; }, configurable: true }); } catch {}
}
try { fs.readFileSync('/docs/a.txt'); } catch (error) { console.log('evil', error.name); }
console.log(Object.getOwnPropertySymbols(fs).length, Object.isFrozen(fs), Reflect.ownKeys(fs).some((key) => /token|view/.test(String(key))));
attempt('swap this', () => fs.readFileSync.call({ __proto__: fs }, '/docs/a.txt'));
attempt('path object', () => fs.readFileSync({ toString: () => '/docs/a.txt', base: fs, text: '/docs/a.txt' }));
attempt('own namespace', () => namespace.readFileSync('/docs/a.txt'));
console.log('seen', seen.length);
