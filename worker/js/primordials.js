'use strict';
// Body of a function (global). Returns `primordials`: the language as it was before any module of a job ran, so that
// nothing a job replaces is ever called by the runtime's own JavaScript.
//
// Naming: `ArrayPrototypePush(array, value)` for a prototype's method, `ArrayIsArray` for a static one, `Array` for the
// constructor, `MapPrototypeGetSize(map)` for a getter, `ArrayPrototypePushApply(array, values)` where a list of
// arguments is wanted, `SymbolIterator` for a well-known symbol, `PromisePrototypeSymbolToStringTag` for a property
// named by one.
//
// Each is made when a script first asks for it, for the language has far more of them than are used. A name that the
// language does not have is a TypeError. The engine revokes the object before a job: what a script has not asked for by
// then it never has.

const { apply, getOwnPropertyDescriptor, defineProperty, getPrototypeOf, ownKeys, setPrototypeOf } = global.Reflect;
const { apply: applyMethod, bind, call } = global.Function.prototype;
const { freeze } = global.Object;

const uncurryThis = apply(bind, bind, [call]);
const applyBind = apply(bind, bind, [applyMethod]);

// Node has these two in every release; V8 has them of its own only in later ones.
const disposal = ['dispose', 'asyncDispose'];
for (let i = 0; i < disposal.length; i++) {
  if (global.Symbol[disposal[i]] === undefined) {
    defineProperty(global.Symbol, disposal[i], { __proto__: null, value: global.Symbol('Symbol.' + disposal[i]) });
  }
}

const asyncGeneratorPrototype = getPrototypeOf(async function* () {}).prototype;
const arrayIteratorPrototype = getPrototypeOf([][global.Symbol.iterator]());

// What has no name in the global object.
const unnamed = {
  __proto__: null,
  TypedArray: getPrototypeOf(global.Uint8Array),
  ArrayIteratorPrototype: arrayIteratorPrototype,
  StringIteratorPrototype: getPrototypeOf(''[global.Symbol.iterator]()),
  MapIteratorPrototype: getPrototypeOf(new global.Map()[global.Symbol.iterator]()),
  SetIteratorPrototype: getPrototypeOf(new global.Set()[global.Symbol.iterator]()),
  GeneratorPrototype: getPrototypeOf(function* () {}).prototype,
  IteratorPrototype: getPrototypeOf(arrayIteratorPrototype),
  AsyncIteratorPrototype: getPrototypeOf(asyncGeneratorPrototype),
  AsyncFunctionPrototype: getPrototypeOf(async function () {}),
};

// A class whose instances answer to the methods of `base` as they were, whatever becomes of its prototype.
function makeSafe(base, safe) {
  const keys = ownKeys(base.prototype);
  for (let i = 0; i < keys.length; i++) {
    if (getOwnPropertyDescriptor(safe.prototype, keys[i]) === undefined) {
      defineProperty(safe.prototype, keys[i],
                     { __proto__: null, ...getOwnPropertyDescriptor(base.prototype, keys[i]) });
    }
  }
  setPrototypeOf(safe.prototype, null);
  freeze(safe.prototype);
  freeze(safe);
  return safe;
}

// An iterator to be used with for..of over an array (or a string) that a job may have given.
function makeSafeIterator(start, next) {
  class SafeIterator {
    #iterator;
    constructor(iterable) { this.#iterator = start(iterable); }
    next() { return next(this.#iterator); }
    [global.Symbol.iterator]() { return this; }
  }
  setPrototypeOf(SafeIterator.prototype, null);
  freeze(SafeIterator.prototype);
  freeze(SafeIterator);
  return SafeIterator;
}

const special = {
  __proto__: null,
  uncurryThis: () => uncurryThis,
  applyBind: () => applyBind,
  makeSafe: () => makeSafe,
  globalThis: () => global,
  SafeMap: () => makeSafe(global.Map, class SafeMap extends global.Map { constructor() { super(); } }),
  SafeSet: () => makeSafe(global.Set, class SafeSet extends global.Set { constructor() { super(); } }),
  SafeWeakMap: () => makeSafe(global.WeakMap, class SafeWeakMap extends global.WeakMap { constructor() { super(); } }),
  SafeWeakSet: () => makeSafe(global.WeakSet, class SafeWeakSet extends global.WeakSet { constructor() { super(); } }),
  SafeArrayIterator: () => makeSafeIterator(find('ArrayPrototypeSymbolIterator'), find('ArrayIteratorPrototypeNext')),
  SafeStringIterator: () =>
      makeSafeIterator(find('StringPrototypeSymbolIterator'), find('StringIteratorPrototypeNext')),
};

const rootOf = (name) => unnamed[name] ?? getOwnPropertyDescriptor(global, name)?.value;
const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';
const prototype = 'Prototype';

// The value of `name`, or undefined.
function resolve(name) {
  if (special[name] !== undefined) return special[name]();
  if (rootOf(name) !== undefined) return rootOf(name);
  // The longest beginning that names an object owns what the rest names.
  for (let end = name.length - 1; end > 0; end--) {
    const rest = name.slice(end);
    const owner = name.slice(0, end);
    let source = rootOf(owner);
    let ofPrototype = owner in unnamed;
    if (source === undefined && owner.endsWith(prototype)) {
      source = rootOf(owner.slice(0, -prototype.length))?.prototype;
      ofPrototype = true;
    }
    if (!isObject(source)) continue;
    const value = member(source, rest, ofPrototype && source !== unnamed.TypedArray);
    if (value !== undefined) return value;
  }
  return undefined;
}

// What `rest` names of `source`: a property, a getter ("GetSize") or a function of a list ("PushApply").
function member(source, rest, ofPrototype) {
  const found = descriptorOf(source, rest);
  if (found !== undefined && found.get === undefined && found.set === undefined) {
    if (typeof found.value !== 'function') return found.value;
    if (ofPrototype) return uncurryThis(found.value);
    // The static functions of Promise need it as `this`.
    return source === global.Promise ? apply(bind, found.value, [source]) : found.value;
  }
  if (rest.startsWith('Get')) {
    const getter = descriptorOf(source, rest.slice(3))?.get;
    if (getter !== undefined) return uncurryThis(getter);
  }
  if (rest.endsWith('Apply')) {
    const method = descriptorOf(source, rest.slice(0, -5))?.value;
    if (typeof method === 'function') return ofPrototype ? applyBind(method) : (list) => apply(method, source, list);
  }
  return undefined;
}

// Of the property that `name` names with its first letter capitalised, "SymbolIterator" being that of Symbol.iterator.
function descriptorOf(source, name) {
  if (name === '' || name[0] !== name[0].toUpperCase()) return undefined;
  const lower = (text) => text[0].toLowerCase() + text.slice(1);
  if (name.length > 6 && name.startsWith('Symbol')) {
    const symbol = global.Symbol[lower(name.slice(6))];
    if (typeof symbol === 'symbol') return getOwnPropertyDescriptor(source, symbol);
  }
  return getOwnPropertyDescriptor(source, lower(name)) ?? getOwnPropertyDescriptor(source, name);
}

const made = { __proto__: null };

function find(name) {
  if (made[name] === undefined) {
    const value = typeof name === 'string' ? resolve(name) : undefined;
    if (value === undefined) throw new global.TypeError(`primordials: the language has no ${global.String(name)}`);
    made[name] = value;
  }
  return made[name];
}

return new global.Proxy(freeze({ __proto__: null }), { __proto__: null, get: (target, name) => find(name) });
