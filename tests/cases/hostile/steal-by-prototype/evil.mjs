import fs from 'runtime:fs';
import * as namespace from 'runtime:fs';
import { attempt } from './attempt.mjs';

// What the runtime's own code lets see while `recording.on`.
export const seen = [];
export const recording = { on: false };
const note = (value) => {
  if (recording.on) seen[seen.length] = value;
};
const { apply, ownKeys } = Reflect;
for (const [object, name] of [
  [Function.prototype, 'call'], [Function.prototype, 'apply'], [Array.prototype, 'push'], [Promise.prototype, 'then'],
  [Object, 'create'], [Object, 'freeze'], [String.prototype, 'slice'], [Map.prototype, 'get'],
  [WeakMap.prototype, 'get'], [Reflect, 'apply'], [Array.prototype, Symbol.iterator], [JSON, 'stringify'],
]) {
  const original = object[name];
  try {
    Object.defineProperty(object, name, { value: function (...args) { note(name); return apply(original, this, args); } });
  } catch {}
}
for (const key of ['token', 'view', 'base', 'text', 'then', 'context', 'path', 'code', 'encoding', 'into']) {
  try {
    Object.defineProperty(Object.prototype, key, {
      set(value) { note(key); }, get() { note(key); return undefined; }, configurable: true,
    });
  } catch {}
}
recording.on = true;
try { fs.readFileSync('/docs/a.txt'); } catch (error) { recording.on = false; console.log('evil', error.name); }
recording.on = false;
console.log(ownKeys(fs).some((key) => /token|view/.test(String(key))));
attempt('swap this', () => fs.readFileSync.call({ __proto__: fs }, '/docs/a.txt'));
attempt('path object', () => fs.readFileSync({ toString: () => '/docs/a.txt', base: fs, text: '/docs/a.txt' }));
attempt('own namespace', () => namespace.readFileSync('/docs/a.txt'));
