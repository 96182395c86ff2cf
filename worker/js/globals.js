'use strict';
// Puts the globals of a job in place: what the other files made, and the small ones.

const {
  ArrayPrototypePush, NumberPrototypeToString, ObjectDefineProperty, ReflectApply,
  ReflectConstruct, ReflectOwnKeys, StringPrototypePadStart, SymbolIterator, SymbolToStringTag,
  TypedArrayPrototypeGetByteLength, TypedArrayPrototypeGetSymbolToStringTag, TypeError, Uint8Array, globalThis: global,
} = primordials;
const { native, shared } = internals;
const { DOMException } = shared;
const { invalidArgType } = shared.errors;

// --- structuredClone ---
native.setHooks({
  __proto__: null,
  makeDataCloneError: (message) => new DOMException(message, 'DataCloneError'),
});
function structuredClone(value, options = undefined) {
  if (arguments.length === 0) {
    throw shared.errors.typeErrorWithCode('ERR_MISSING_ARGS', 'The "value" argument must be specified');
  }
  const transfer = [];
  if (options !== undefined && options !== null) {
    if (typeof options !== 'object' && typeof options !== 'function') {
      throw invalidArgType('options', 'Object', options);
    }
    const list = options.transfer;
    if (list !== undefined) {
      const iterator = list?.[SymbolIterator];
      if (typeof iterator !== 'function') throw invalidArgType('options.transfer', 'iterable', list);
      for (let walk = ReflectApply(iterator, list, []), step = walk.next(); !step.done; step = walk.next()) {
        const item = step.value;
        if (native.typeOf(item) !== 'ArrayBuffer') {
          throw new DOMException('Value not transferable', 'DataCloneError');
        }
        for (let i = 0; i < transfer.length; i++) {
          if (transfer[i] === item) {
            throw new DOMException('Transfer list contains duplicate ArrayBuffer', 'DataCloneError');
          }
        }
        ArrayPrototypePush(transfer, item);
      }
    }
  }
  return native.structuredClone(value, transfer);
}

// --- atob, btoa ---
function atob(data) {
  if (arguments.length === 0) {
    throw shared.errors.typeErrorWithCode('ERR_MISSING_ARGS', 'The "data" argument must be specified');
  }
  const decoded = native.atob(`${data}`);
  if (decoded === undefined) {
    throw new DOMException('The string to be decoded is not correctly encoded.', 'InvalidCharacterError');
  }
  return decoded;
}
function btoa(data) {
  if (arguments.length === 0) {
    throw shared.errors.typeErrorWithCode('ERR_MISSING_ARGS', 'The "data" argument must be specified');
  }
  const encoded = native.btoa(`${data}`);
  if (encoded === undefined) throw new DOMException('Invalid character', 'InvalidCharacterError');
  return encoded;
}

// --- crypto ---
const kRandomQuota = 65536;
class Crypto {
  #brand;
  constructor(key) {
    if (key !== native) throw shared.errors.typeErrorWithCode('ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
  }
  getRandomValues(array) {
    this.#brand;
    switch (TypedArrayPrototypeGetSymbolToStringTag(array)) {
      case 'Int8Array': case 'Uint8Array': case 'Uint8ClampedArray': case 'Int16Array': case 'Uint16Array':
      case 'Int32Array': case 'Uint32Array': case 'BigInt64Array': case 'BigUint64Array':
        break;
      default:
        throw new DOMException('The data argument must be an integer-type TypedArray', 'TypeMismatchError');
    }
    const bytes = TypedArrayPrototypeGetByteLength(array);
    if (bytes > kRandomQuota) {
      throw new DOMException(`The requested length exceeds 65,536 bytes`, 'QuotaExceededError');
    }
    native.randomFill(array);
    return array;
  }
  randomUUID() {
    this.#brand;
    const bytes = new Uint8Array(16);
    native.randomFill(bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = '';
    for (let i = 0; i < 16; i++) {
      if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
      text += StringPrototypePadStart(NumberPrototypeToString(bytes[i], 16), 2, '0');
    }
    return text;
  }
}
ObjectDefineProperty(Crypto.prototype, SymbolToStringTag, { __proto__: null, value: 'Crypto', configurable: true });

// --- performance ---
class Performance {
  #brand;
  constructor(key) {
    if (key !== native) throw shared.errors.typeErrorWithCode('ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
  }
  now() {
    this.#brand;
    return native.now();
  }
  get timeOrigin() {
    this.#brand;
    return native.timeOrigin();
  }
  toJSON() { return { timeOrigin: this.timeOrigin }; }
}
ObjectDefineProperty(Performance.prototype, SymbolToStringTag,
                     { __proto__: null, value: 'Performance', configurable: true });

// --- no memory shared between threads ---
// The worker's C++ has taken away SharedArrayBuffer and the ways to the buffer of a shared memory; here one that is
// asked for by name is refused.
if (global.WebAssembly !== undefined) {
  const Original = global.WebAssembly.Memory;
  const { prototype } = Original;
  const SafeMemory = function Memory(descriptor) {
    if (new.target === undefined) throw new TypeError('WebAssembly.Memory must be invoked with \'new\'');
    if (descriptor === null || typeof descriptor !== 'object' && typeof descriptor !== 'function') {
      throw new TypeError('WebAssembly.Memory(): Argument 0 must be a memory descriptor');
    }
    // Each is read once: a getter must not answer differently the second time.
    if (descriptor.shared) throw new TypeError('WebAssembly.Memory: shared memory is not available');
    const copy = { __proto__: null };
    const { initial, minimum, maximum, address, index } = descriptor;
    if (initial !== undefined) copy.initial = initial;
    if (minimum !== undefined) copy.minimum = minimum;
    if (maximum !== undefined) copy.maximum = maximum;
    if (address !== undefined) copy.address = address;
    if (index !== undefined) copy.index = index;
    return ReflectConstruct(Original, [copy], new.target);
  };
  ObjectDefineProperty(SafeMemory, 'prototype', { __proto__: null, value: prototype, writable: false });
  ObjectDefineProperty(prototype, 'constructor',
                       { __proto__: null, value: SafeMemory, writable: false, configurable: false });
  ObjectDefineProperty(global.WebAssembly, 'Memory',
                       { __proto__: null, value: SafeMemory, writable: false, configurable: false, enumerable: false });
}

// --- in place ---
function provide(name, value) {
  ObjectDefineProperty(global, name,
                       { __proto__: null, value, writable: false, configurable: false, enumerable: false });
}
const given = {
  __proto__: null,
  global,
  self: global,
  console: shared.console,
  process: shared.process,
  performance: new Performance(native),
  crypto: new Crypto(native),
  structuredClone,
  atob,
  btoa,
  DOMException,
  TextEncoder: shared.TextEncoder,
  TextDecoder: shared.TextDecoder,
  URL: shared.URL,
  URLSearchParams: shared.URLSearchParams,
  Event: shared.Event,
  EventTarget: shared.EventTarget,
  CustomEvent: shared.CustomEvent,
  AbortController: shared.AbortController,
  AbortSignal: shared.AbortSignal,
  Crypto,
  Performance,
};
// Names that CommonJS gives a module beside its own code: elsewhere a module that looks for one must not find another's.
const without = ['require', 'module', 'exports', 'define', '__filename', '__dirname'];
for (let i = 0; i < without.length; i++) provide(without[i], undefined);
const names = ReflectOwnKeys(given);
for (let i = 0; i < names.length; i++) if (given[names[i]] !== undefined) provide(names[i], given[names[i]]);
const timers = ReflectOwnKeys(shared.timers);
for (let i = 0; i < timers.length; i++) provide(timers[i], shared.timers[timers[i]]);
