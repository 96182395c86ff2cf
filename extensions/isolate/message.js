'use strict';
// The form in which a value crosses from one worker to another, and back from it. Both directions are this script's
// own: no deserialiser of V8 sees bytes that another worker wrote, for that worker may be native code under an attacker.
// Structured clone, in what may cross and what arrives; and beside it capabilities, which cross as places in a list of
// tokens that stands outside of the bytes.
//
// encodeMessage(value, capabilities) gives { bytes, tokens }; what cannot cross throws a DataCloneError, and what getters throw
// passes through. decodeMessage(bytes, tokens, capabilities) gives { ok: true, value }, or { ok: false } where the bytes are
// none that encodeMessage() makes: whoever wrote them did not use this script. Its work, memory and depth are bounded by the
// number of bytes. `capabilities` is { kindOf(object), tokenOf(object), make(kind, token) }: kindOf gives a number from 0
// to 255, or undefined for what is no capability; make gives undefined for a kind that it does not know.
//
// The bytes are one node. A node is a tag and what the tag says; numbers of bytes and of entries are 32 bits, little
// endian. Each object has a number, in the order of their tags; kSeen and it stand for the object met again.
const messageForm = (() => {
  const {
    DataView, Error, EvalError, Float64Array, ObjectDefineProperty, RangeError, ReferenceError, SyntaxError,
    TypeError, URIError, Uint8Array, Int8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
    Float32Array, BigInt64Array, BigUint64Array,
  } = primordials;

  const kMaxBytes = 256 * 1024;
  const kMaxDepth = 200;
  const kMaxTokens = 64;

  const kUndefined = 0, kNull = 1, kFalse = 2, kTrue = 3, kNumber = 4, kBigInt = 5, kLatin1 = 6, kUtf16 = 7, kSeen = 8;
  const kObject = 9, kArray = 10, kMap = 11, kSet = 12, kDate = 13, kRegExp = 14, kError = 15, kBuffer = 16, kView = 17;
  const kBoxed = 18, kCapability = 19, kHole = 20;

  const viewTypes = [
    DataView, Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array,
    Float64Array, BigInt64Array, BigUint64Array,
  ];
  const viewNames = [
    'DataView', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array',
    'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array',
  ];
  const viewElementBytes = [1, 1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8];
  // The same that structured clone keeps; all others arrive as Error.
  const errorTypes = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];
  const errorNames = ['Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'];
  const indexOf = (list, value) => {
    for (let i = 0; i < list.length; i++) if (list[i] === value) return i;
    return -1;
  };
  const define = (object, key, value, enumerable) => ObjectDefineProperty(
      object, key, { __proto__: null, value, writable: true, enumerable, configurable: true });

  // Whether an array takes `key` for the place of an element.
  function isIndex(key) {
    const number = +key;
    return number >>> 0 === number && number !== 0xffffffff && `${number}` === key;
  }

  return {
    __proto__: null,
    kMaxBytes, kMaxDepth, kMaxTokens, kUndefined, kNull, kFalse, kTrue, kNumber, kBigInt, kLatin1, kUtf16, kSeen,
    kObject, kArray, kMap, kSet, kDate, kRegExp, kError, kBuffer, kView, kBoxed, kCapability, kHole, viewTypes,
    viewNames, viewElementBytes, errorTypes, errorNames, indexOf, define, isIndex,
  };
})();
