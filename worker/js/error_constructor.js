'use strict';
// Body of a function (global). Puts a constructor in the place of Error. V8 reads how many frames a stack has, and who
// formats it, from its own constructor, as plain properties: there they would be shared by all modules, or a program
// that sets the first would fail. So V8's own is out of reach, and of the one that programs see `stackTraceLimit` can be
// set and is not heeded, and `prepareStackTrace` does not exist: nobody is given the call sites of another's frames.

const { construct, defineProperty, getOwnPropertyDescriptor, ownKeys, setPrototypeOf } = global.Reflect;
const { freeze } = global.Object;
const Original = global.Error;
const { prototype } = Original;

function Error(message) {  // eslint-disable-line no-unused-vars
  return construct(Original, arguments, new.target === undefined ? Error : new.target);
}
const keys = ownKeys(Original);
for (let i = 0; i < keys.length; i++) {
  if (keys[i] !== 'length' && keys[i] !== 'name' && keys[i] !== 'prototype' && keys[i] !== 'stackTraceLimit') {
    defineProperty(Error, keys[i], getOwnPropertyDescriptor(Original, keys[i]));
  }
}
const limit = Original.stackTraceLimit;
defineProperty(Error, 'stackTraceLimit', {
  __proto__: null, enumerable: true, configurable: true, get: () => limit, set: () => {},
});
defineProperty(Error, 'prototype', { __proto__: null, value: prototype, writable: false });
defineProperty(prototype, 'constructor', { __proto__: null, value: Error });
defineProperty(global, 'Error', { __proto__: null, value: Error });
const derived = ['EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError', 'AggregateError'];
for (let i = 0; i < derived.length; i++) setPrototypeOf(global[derived[i]], Error);
if (global.SuppressedError !== undefined) setPrototypeOf(global.SuppressedError, Error);
const wasmErrors = ['CompileError', 'LinkError', 'RuntimeError'];
for (let i = 0; i < wasmErrors.length && global.WebAssembly !== undefined; i++) {
  setPrototypeOf(global.WebAssembly[wasmErrors[i]], Error);
}
freeze(Original);
