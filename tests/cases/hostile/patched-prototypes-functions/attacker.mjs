import { patch } from './loot.mjs';
for (const [label, owner, keys] of [
  ['Function', Function.prototype, ['call', 'apply', 'bind', 'toString', Symbol.hasInstance]],
  ['Object', Object.prototype, ['toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', '__lookupGetter__']],
  ['Object static', Object, ['defineProperty', 'freeze', 'keys', 'entries', 'assign']],
  ['String', String.prototype, ['split', 'matchAll', 'toUpperCase', 'at', 'trim']],
  ['RegExp', RegExp.prototype, ['exec', 'test', Symbol.split, Symbol.replace, Symbol.matchAll]],
  ['Map', Map.prototype, ['set', 'get', 'values', Symbol.iterator]],
  ['WeakMap', WeakMap.prototype, ['get', 'set']],
  ['JSON', JSON, ['stringify', 'parse']],
  ['Reflect', Reflect, ['apply', 'construct']],
  ['Math', Math, ['max', 'random']],
  ['console', console, ['log', 'error']],
]) for (const key of keys) patch(`${label} ${String(key)}`, owner, key);
