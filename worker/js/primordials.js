'use strict';
// Body of a function (global). Returns `primordials`: the language as it was before any module of a job ran, so that
// nothing a job replaces is ever called by the runtime's own JavaScript.
//
// Naming: `ArrayPrototypePush(array, value)` for a prototype's method, `ArrayIsArray` for a static one, `Array` for the
// constructor, `MapPrototypeGetSize(map)` for a getter, `ArrayPrototypePushApply(array, values)` where a list of
// arguments is wanted, `SymbolIterator` for a well-known symbol.

const { apply, ownKeys, getOwnPropertyDescriptor, defineProperty, getPrototypeOf, setPrototypeOf } = global.Reflect;
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

const primordials = { __proto__: null, uncurryThis, applyBind, globalThis: global };

const withList = {
  __proto__: null,
  ArrayPrototypePush: true,
  ArrayPrototypeUnshift: true,
  MathMax: true,
  MathMin: true,
  StringFromCharCode: true,
  StringFromCodePoint: true,
  StringPrototypeConcat: true,
};

function keyName(key) {
  if (typeof key === 'symbol') {
    const text = key.description;  // "Symbol.iterator"
    return 'Symbol' + text[7].toUpperCase() + text.slice(8);
  }
  return key[0].toUpperCase() + key.slice(1);
}

function define(name, value) {
  defineProperty(primordials, name, { __proto__: null, value, enumerable: true });
}

function copy(source, prefix, convert) {
  const keys = ownKeys(source);
  for (let i = 0; i < keys.length; i++) {
    const name = keyName(keys[i]);
    const descriptor = getOwnPropertyDescriptor(source, keys[i]);
    if (descriptor.get !== undefined) {
      define(prefix + 'Get' + name, uncurryThis(descriptor.get));
    } else if (descriptor.set === undefined) {
      const { value } = descriptor;
      define(prefix + name, typeof value === 'function' ? convert(value) : value);
      if (withList[prefix + name]) {
        define(prefix + name + 'Apply',
               convert === uncurryThis ? applyBind(value) : (list) => apply(value, source, list));
      }
    }
  }
}
const same = (value) => value;

const spaces = ['JSON', 'Math', 'Reflect', 'Atomics'];
for (let i = 0; i < spaces.length; i++) copy(global[spaces[i]], spaces[i], same);

const constructors = [
  'AggregateError', 'Array', 'ArrayBuffer', 'BigInt', 'BigInt64Array', 'BigUint64Array', 'Boolean', 'DataView', 'Date',
  'Error', 'EvalError', 'FinalizationRegistry', 'Float32Array', 'Float64Array', 'Function', 'Int16Array', 'Int32Array',
  'Int8Array', 'Map', 'Number', 'Object', 'RangeError', 'ReferenceError', 'RegExp', 'Set', 'String', 'Symbol',
  'SyntaxError', 'TypeError', 'URIError', 'Uint16Array', 'Uint32Array', 'Uint8Array', 'Uint8ClampedArray', 'WeakMap',
  'WeakRef', 'WeakSet',
];
for (let i = 0; i < constructors.length; i++) {
  const name = constructors[i];
  define(name, global[name]);
  copy(global[name], name, same);
  copy(global[name].prototype, name + 'Prototype', uncurryThis);
}

// The static functions of Promise need it as `this`.
define('Promise', global.Promise);
copy(global.Promise, 'Promise', 
     (value) => (typeof value === 'function' ? apply(bind, value, [global.Promise]) : value));
copy(global.Promise.prototype, 'PromisePrototype', uncurryThis);

define('Proxy', global.Proxy);

const unnamed = {
  __proto__: null,
  TypedArray: getPrototypeOf(global.Uint8Array),
};
define('TypedArray', unnamed.TypedArray);
copy(unnamed.TypedArray, 'TypedArray', same);
copy(unnamed.TypedArray.prototype, 'TypedArrayPrototype', uncurryThis);

const iterators = {
  __proto__: null,
  ArrayIteratorPrototype: getPrototypeOf([][global.Symbol.iterator]()),
  StringIteratorPrototype: getPrototypeOf(''[global.Symbol.iterator]()),
  MapIteratorPrototype: getPrototypeOf(new global.Map()[global.Symbol.iterator]()),
  SetIteratorPrototype: getPrototypeOf(new global.Set()[global.Symbol.iterator]()),
  GeneratorPrototype: getPrototypeOf(function* () {}).prototype,
};
const iteratorNames = ownKeys(iterators);
for (let i = 0; i < iteratorNames.length; i++) copy(iterators[iteratorNames[i]], iteratorNames[i], uncurryThis);

const asyncGeneratorPrototype = getPrototypeOf(async function* () {}).prototype;
define('IteratorPrototype', getPrototypeOf(iterators.ArrayIteratorPrototype));
define('AsyncIteratorPrototype', getPrototypeOf(asyncGeneratorPrototype));
define('AsyncFunctionPrototype', getPrototypeOf(async function () {}));

const functions = ['decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent'];
for (let i = 0; i < functions.length; i++) define(functions[i], global[functions[i]]);

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
define('makeSafe', makeSafe);
define('SafeMap', makeSafe(global.Map, class SafeMap extends global.Map { constructor() { super(); } }));
define('SafeSet', makeSafe(global.Set, class SafeSet extends global.Set { constructor() { super(); } }));
define('SafeWeakMap',
       makeSafe(global.WeakMap, class SafeWeakMap extends global.WeakMap { constructor() { super(); } }));
define('SafeWeakSet',
       makeSafe(global.WeakSet, class SafeWeakSet extends global.WeakSet { constructor() { super(); } }));

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
define('SafeArrayIterator', makeSafeIterator(primordials.ArrayPrototypeSymbolIterator,
                                             primordials.ArrayIteratorPrototypeNext));
define('SafeStringIterator', makeSafeIterator(primordials.StringPrototypeSymbolIterator,
                                              primordials.StringIteratorPrototypeNext));

return freeze(primordials);
