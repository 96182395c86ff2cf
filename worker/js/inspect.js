'use strict';
// Node's util.inspect, by the npm package node-inspect-extracted. Gives shared.inspect, shared.format,
// shared.formatWithOptions, shared.previewEntries, shared.types and shared.stands.
//
// The package is a bundle of modules in a table, each known by a number. It looks a module up in a plain object that
// caches those already run, so a number found on Object.prototype while the bundle is evaluated stands in for the
// module of that number. So the two that a web page can only guess at, internal/util/types and internalBinding('util'),
// are the real things here: proxies are not called, and what a value is does not depend on names it can give itself.

const {
  ArrayPrototypePush, Error, Object, ObjectDefineProperty, ObjectFreeze, ObjectGetOwnPropertyDescriptor, ObjectKeys,
  ObjectPrototype, SafeWeakSet, Symbol, TypedArrayPrototypeGetSymbolToStringTag,
} = primordials;
const { native, shared } = internals;
const { typeOf } = native;

const kPending = Symbol('kPending');
const kFulfilled = Symbol('kFulfilled');
const kRejected = Symbol('kRejected');
const states = [kPending, kFulfilled, kRejected];

const is = (name) => (value) => typeOf(value) === name;
const isTypedArray = (value) => TypedArrayPrototypeGetSymbolToStringTag(value) !== undefined;
function isBoxedPrimitive(value) {
  switch (typeOf(value)) {
    case 'StringObject': case 'NumberObject': case 'BooleanObject': case 'BigIntObject': case 'SymbolObject':
      return true;
    default:
      return false;
  }
}
const types = {
  __proto__: null,
  isAnyArrayBuffer(value) {
    const type = typeOf(value);
    return type === 'ArrayBuffer' || type === 'SharedArrayBuffer';
  },
  isArgumentsObject: is('ArgumentsObject'),
  isArrayBuffer: is('ArrayBuffer'),
  isAsyncFunction(value) {
    const type = typeOf(value);
    return type === 'AsyncFunction' || type === 'AsyncGeneratorFunction';
  },
  isBigIntObject: is('BigIntObject'),
  isBooleanObject: is('BooleanObject'),
  isBoxedPrimitive,
  isDataView: is('DataView'),
  isDate: is('Date'),
  isExternal: is('External'),
  isGeneratorFunction(value) {
    const type = typeOf(value);
    return type === 'GeneratorFunction' || type === 'AsyncGeneratorFunction';
  },
  isGeneratorObject: is('GeneratorObject'),
  isMap: is('Map'),
  isMapIterator: is('MapIterator'),
  isModuleNamespaceObject: is('ModuleNamespaceObject'),
  isNativeError: is('NativeError'),
  isNumberObject: is('NumberObject'),
  isPromise: is('Promise'),
  isProxy: is('Proxy'),
  isRegExp: is('RegExp'),
  isSet: is('Set'),
  isSetIterator: is('SetIterator'),
  isSharedArrayBuffer: is('SharedArrayBuffer'),
  isStringObject: is('StringObject'),
  isSymbolObject: is('SymbolObject'),
  isTypedArray,
  isUint8Array: (value) => TypedArrayPrototypeGetSymbolToStringTag(value) === 'Uint8Array',
  isWeakMap: is('WeakMap'),
  isWeakSet: is('WeakSet'),
};

let injected = false;
const binding = {
  __proto__: null,
  constants: {
    __proto__: null, kPending, kRejected, ALL_PROPERTIES: 0, ONLY_ENUMERABLE: 2,
  },
  get Proxy() {
    injected = true;
    return undefined;
  },
  getOwnNonIndexProperties: (object, filter) => native.ownNonIndexProperties(object, filter === 2),
  getPromiseDetails(promise) {
    const details = native.promiseDetails(promise);
    return [states[details[0]], details[1]];
  },
  getProxyDetails(value, both = true) {
    const details = native.proxyDetails(value);
    if (details === undefined) return undefined;
    return both ? details : details[0];
  },
  previewEntries(object, wantsKind) {
    const preview = native.previewEntries(object);
    if (wantsKind) return preview ?? [[], false];
    return preview?.[0];
  },
  getConstructorName: native.constructorName,
  getExternalValue: () => 0n,
};

const modules = { __proto__: null, 134: types, 596: binding };
const numbers = ObjectKeys(modules);
for (let i = 0; i < numbers.length; i++) {
  ObjectDefineProperty(ObjectPrototype, numbers[i],
                       { __proto__: null, value: { exports: modules[numbers[i]] }, configurable: true });
}
// The package sees a property that can be assigned over (js/freeze.js) as the plain one it stands for: it looks for the
// names of constructors there.
const stands = new SafeWeakSet();  // getters
const getOwnPropertyDescriptor = ObjectGetOwnPropertyDescriptor(Object, 'getOwnPropertyDescriptor');
ObjectDefineProperty(Object, 'getOwnPropertyDescriptor', {
  __proto__: null,
  value(object, key) {
    const found = ObjectGetOwnPropertyDescriptor(object, key);
    if (found?.get === undefined || !stands.has(found.get)) return found;
    return { value: found.get(), writable: true, enumerable: found.enumerable, configurable: false };
  },
});
const wrapper = { __proto__: null, exports: {} };
try {
  internals.inspectPackage(wrapper.exports, wrapper, undefined);
} finally {
  ObjectDefineProperty(Object, 'getOwnPropertyDescriptor', getOwnPropertyDescriptor);
  for (let i = 0; i < numbers.length; i++) delete ObjectPrototype[numbers[i]];
}
if (!injected) throw new Error('node-inspect-extracted is not the release that package-lock.json names');

const { inspect, format, formatWithOptions } = wrapper.exports;
// A function of a job's that shows an object is handed `inspect` and options.
ArrayPrototypePush(shared.roots, inspect);
ArrayPrototypePush(shared.roots, inspect.defaultOptions);
const shown = {
  [inspect.custom](depth, options) {
    ArrayPrototypePush(shared.roots, options.stylize);
    return '';
  },
};
inspect(shown);
inspect(shown, { colors: true });
try {
  inspect.defaultOptions = 0;
} catch (error) {
  ArrayPrototypePush(shared.roots, error.constructor);
}
shared.stands = stands;
shared.inspect = inspect;
shared.format = format;
shared.formatWithOptions = formatWithOptions;
shared.previewEntries = binding.previewEntries;
shared.types = ObjectFreeze(types);
