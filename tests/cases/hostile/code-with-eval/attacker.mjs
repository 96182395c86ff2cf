import { take } from './loot.mjs';
const attempt = async (label, action) => {
  try {
    console.log(`${label}: ${await action()}`);
  } catch (error) {
    console.log(`${label}: ${error.name} ${error.code ?? error.message}`);
  }
};
const AsyncFunction = (async () => {}).constructor;
globalThis.take = take;
await attempt('this', () => new Function('return this === globalThis')());
await attempt('names', () => new Function('return [typeof require, typeof module, typeof fs, typeof process.binding, typeof internals, typeof primordials, typeof native].join()')());
await attempt('import in Function', () => new AsyncFunction("return import('runtime:fs')")());
await attempt('import in eval', () => (0, eval)("import('runtime:fs')"));
await attempt('import later', () => new AsyncFunction("await null; return (() => import('runtime:fs'))()")());
await attempt('import in direct eval', async () => (await eval("import('runtime:fs')")).readFileSync('/docs/secret.txt'));
await attempt('patch', () => (0, eval)("'use strict'; Array.prototype.map = 1"));
await attempt('patch in sloppy code', () => (0, eval)('Array.prototype.map = 1; Math.max = 1; Promise.prototype.then = 1; String(Array.prototype.map)'));
await attempt('var', () => (0, eval)('var Array = 1; Array'));
await attempt('function', () => (0, eval)('function Promise() {} Promise'));
await attempt('let', () => (0, eval)('let JSON = 1; globalThis.JSON === JSON'));
await attempt('inherited name', () => (0, eval)('var hasOwnProperty = 1; hasOwnProperty'));
await attempt('with', () => new Function('with (globalThis) { Object = 1; return typeof Object; }')());
await attempt('defineGetter', () => new Function("__defineGetter__('Object', take)")());
await attempt('last match', () => { take(RegExp.$1, RegExp.lastMatch, RegExp['$&'], RegExp.input); return [RegExp.$1, RegExp.lastMatch, RegExp.input].join(); });
