'use strict';
// Freezes all that modules share: the language's objects and the runtime's, named or not. Evaluated last, before the first
// fork. From then on no module can change what another computes with.
//
// A frozen prototype has a price: an assignment to an object fails where the object inherits a read-only property of that
// name (`error.message = ...`, `Sub.prototype.constructor = Sub`, `counts['toString'] = 1`). So the properties that programs
// assign over are made accessors first: the getter gives the value, the setter gives the object a property of its own.
// Which these are, and which are not for the sake of speed, is told in worker/README.md.

const {
  ArrayPrototype, AsyncFunctionPrototype, AsyncIteratorPrototype, FunctionPrototype, GeneratorPrototype,
  IteratorPrototype, ObjectDefineProperty, ObjectFreeze, ObjectPrototype, PromisePrototype, ReflectApply,
  ReflectDefineProperty, ReflectDeleteProperty, ReflectGetOwnPropertyDescriptor, ReflectGetPrototypeOf, ReflectOwnKeys,
  RegExp, RegExpPrototype, SafeMap, SafeSet, StringPrototypeMatchAll, SymbolIterator, TypeError, TypedArray,
  globalThis: global, uncurryThis,
} = primordials;
const { shared } = internals;

const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

// --- No data of one module in a property of the language ---
// RegExp.$1, RegExp.lastMatch, ...: pieces of the text that anybody matched last.
const ofRegExp = ReflectOwnKeys(RegExp);
for (let i = 0; i < ofRegExp.length; i++) {
  if (typeof ofRegExp[i] === 'string' && ReflectGetOwnPropertyDescriptor(RegExp, ofRegExp[i]).get !== undefined) {
    ReflectDeleteProperty(RegExp, ofRegExp[i]);
  }
}

// --- What is to be frozen ---
const seen = new SafeSet();
const waiting = [];
let count = 0;
function visit(value) {
  if (!isObject(value) || seen.has(value)) return;
  seen.add(value);
  waiting[count++] = value;
}

// --- What can be assigned over ---
const { stands } = shared;  // the getters made here

function setterOf(key) {
  const { set } = {
    set(given) {
      if (!isObject(this)) throw new TypeError(`Cannot create property '${key}' on a primitive value`);
      const own = ReflectGetOwnPropertyDescriptor(this, key);
      const change = own === undefined ?
        { __proto__: null, value: given, writable: true, enumerable: true, configurable: true } :
        { __proto__: null, value: given };
      // An accessor is the frozen prototype's own: assigned to it, or to what is frozen itself.
      if (own !== undefined && !own.writable || !ReflectDefineProperty(this, key, change)) {
        throw new TypeError(`Cannot assign to read only property '${key}' of a frozen object`);
      }
    },
  };
  return ObjectFreeze(set);
}
const setters = new SafeMap();  // key → function
function allowOverrides(owner, keys, except) {
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (typeof key !== 'string') continue;
    let excepted = false;
    for (let k = 0; k < except.length; k++) if (except[k] === key) excepted = true;
    if (excepted) continue;
    const descriptor = ReflectGetOwnPropertyDescriptor(owner, key);
    if (descriptor === undefined || !descriptor.configurable || !descriptor.writable) continue;
    const { value } = descriptor;
    visit(value);  // the getter hides it
    const get = ObjectFreeze(() => value);
    stands.add(get);
    let set = setters.get(key);
    if (set === undefined) {
      set = setterOf(key);
      setters.set(key, set);
    }
    ReflectDefineProperty(owner, key, { get, set, enumerable: descriptor.enumerable, configurable: false });
  }
}
function allowAllOverrides(owner, except) { allowOverrides(owner, ReflectOwnKeys(owner), except); }
const none = [];
allowAllOverrides(ObjectPrototype, none);
allowAllOverrides(FunctionPrototype, none);
allowAllOverrides(IteratorPrototype, none);
const whole = [
  'Map', 'Set', 'EventTarget', 'Error', 'AggregateError', 'EvalError', 'RangeError',
  'ReferenceError', 'SyntaxError', 'SuppressedError', 'TypeError', 'URIError',
];
for (let i = 0; i < whole.length; i++) {
  if (global[whole[i]] !== undefined) allowAllOverrides(global[whole[i]].prototype, none);
}
// Not the constructor of these, nor `then`: V8 is quick with arrays, promises, regular expressions and typed arrays while
// nobody has redefined how the next one is made.
const constructor = ['constructor'];
allowAllOverrides(ArrayPrototype, constructor);
allowAllOverrides(TypedArray.prototype, constructor);
allowAllOverrides(PromisePrototype, ['constructor', 'then']);
const common = ['constructor', 'toString', 'toLocaleString', 'valueOf', 'toJSON'];
function allowCommonOverrides(prototype) {
  const isSlow = prototype === ArrayPrototype || prototype === PromisePrototype || prototype === RegExpPrototype ||
      prototype === TypedArray.prototype || ReflectGetPrototypeOf(prototype) === TypedArray.prototype;
  allowOverrides(prototype, common, isSlow ? constructor : none);
}

// --- Everything ---
const { env, argv } = global.process;  // filled when there is a job
function visitAll() {
  while (count > 0) {
    const object = waiting[--count];
    if (object !== global && object !== env && object !== argv) {
      const { prototype } = object;
      if (typeof object === 'function' && isObject(prototype)) allowCommonOverrides(prototype);
      ObjectFreeze(object);
    }
    visit(ReflectGetPrototypeOf(object));
    const keys = ReflectOwnKeys(object);
    for (let i = 0; i < keys.length; i++) {
      if (typeof object === 'function' && (keys[i] === 'length' || keys[i] === 'name')) continue;
      const { value, get, set } = ReflectGetOwnPropertyDescriptor(object, keys[i]);
      if (value !== undefined) {
        visit(value);
      } else {
        visit(get);
        visit(set);
      }
    }
  }
}

// --- Names ---
// The global object is not frozen: a job may add names. Those that are there it cannot replace, nor those that it inherits
// from Object.prototype.
function lock(name) {
  const descriptor = ReflectGetOwnPropertyDescriptor(global, name);
  if (descriptor === undefined || !descriptor.configurable) return;
  if ('value' in descriptor) descriptor.writable = false;
  descriptor.configurable = false;
  ReflectDefineProperty(global, name, descriptor);
}
const inherited = ReflectOwnKeys(ObjectPrototype);
for (let i = 0; i < inherited.length; i++) {
  const name = inherited[i];
  ReflectDefineProperty(global, name, name === '__proto__' ? ReflectGetOwnPropertyDescriptor(ObjectPrototype, name) :
    { __proto__: null, value: ObjectPrototype[name], enumerable: false });
}

// The prototypes of what Intl.Segmenter gives are found when there is one: to make one takes long.
const { prototype: segmenter } = global.Intl.Segmenter;
const segment = uncurryThis(segmenter.segment);
let segmentsAreFrozen = false;
ObjectDefineProperty(segmenter, 'segment', {
  __proto__: null,
  value: {
    segment(input) {
      const segments = segment(this, input);
      if (!segmentsAreFrozen) {
        segmentsAreFrozen = true;
        const prototype = ReflectGetPrototypeOf(segments);
        visit(prototype);
        visit(ReflectGetPrototypeOf(ReflectApply(prototype[SymbolIterator], segments, [])));
        visitAll();
      }
      return segments;
    },
  }.segment,
});

visit(global);
// What no name leads to.
const unnamed = [
  AsyncFunctionPrototype, GeneratorPrototype, AsyncIteratorPrototype, IteratorPrototype,
  ReflectGetPrototypeOf(async function* () {}), ReflectGetPrototypeOf(function* () {}),
  ReflectGetPrototypeOf(''[SymbolIterator]()), ReflectGetPrototypeOf(new global.Map()[SymbolIterator]()),
  ReflectGetPrototypeOf(new global.Set()[SymbolIterator]()), ReflectGetPrototypeOf([][SymbolIterator]()),
  ReflectGetPrototypeOf(StringPrototypeMatchAll('', /x/g)),
  ReflectGetPrototypeOf(global.Iterator.from({ __proto__: null, next() {} })),
  ReflectGetPrototypeOf(global.Iterator.from([]).map(() => {})),
  (function () { return arguments; })(),
];
// Every error has them as its own.
const { get: getStack, set: setStack } = ReflectGetOwnPropertyDescriptor(new TypeError(), 'stack');
visit(getStack);
visit(setStack);
for (let i = 0; i < unnamed.length; i++) visit(unnamed[i]);
for (let i = 0; i < shared.roots.length; i++) visit(shared.roots[i]);
visitAll();
// A look-up makes V8 arrange the properties of the prototype for speed again.
void /x/.exec('x');
// Whether there is WebAssembly is known when there is a job.
const late = 'WebAssembly';
const keys = ReflectOwnKeys(global);
for (let i = 0; i < keys.length; i++) if (keys[i] !== late) lock(keys[i]);
shared.lockLate = (rehearsal) => lock(rehearsal ? keys[0] : late);
