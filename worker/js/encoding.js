'use strict';
// TextEncoder, TextDecoder and Node's encodings of bytes. Gives shared.TextEncoder, shared.TextDecoder, shared.bytesOf,
// shared.normalizeEncoding, shared.decodeBytes and shared.encodeText.

const {
  ArrayBufferPrototypeGetByteLength, DataViewPrototypeGetBuffer, DataViewPrototypeGetByteLength,
  DataViewPrototypeGetByteOffset, ObjectDefineProperties, StringPrototypeCharCodeAt, StringPrototypeSlice,
  StringPrototypeToLowerCase, StringPrototypeToWellFormed, StringPrototypeTrim, SymbolToStringTag,
  TypedArrayPrototypeGetBuffer, TypedArrayPrototypeGetByteLength, TypedArrayPrototypeGetByteOffset,
  TypedArrayPrototypeGetSymbolToStringTag, TypedArrayPrototypeSet, TypedArrayPrototypeSlice,
  TypedArrayPrototypeSubarray, Uint32Array, Uint8Array,
} = primordials;
const { native, shared } = internals;
const { invalidArgType, rangeErrorWithCode, typeErrorWithCode } = shared.errors;

const enumerable = { __proto__: null, enumerable: true };

// The bytes of an ArrayBuffer or a view of one, as a Uint8Array over the same memory; undefined for anything else.
function bytesOf(value) {
  const type = TypedArrayPrototypeGetSymbolToStringTag(value);
  if (type === 'Uint8Array') return value;
  if (type !== undefined) {
    return new Uint8Array(TypedArrayPrototypeGetBuffer(value), TypedArrayPrototypeGetByteOffset(value),
                          TypedArrayPrototypeGetByteLength(value));
  }
  switch (native.typeOf(value)) {
    case 'ArrayBuffer':
      return new Uint8Array(value, 0, ArrayBufferPrototypeGetByteLength(value));
    case 'DataView':
      return new Uint8Array(DataViewPrototypeGetBuffer(value), DataViewPrototypeGetByteOffset(value),
                            DataViewPrototypeGetByteLength(value));
    default:
      return undefined;
  }
}

const counts = new Uint32Array(2);
class TextEncoder {
  #brand;
  get encoding() {
    this.#brand;
    return 'utf-8';
  }
  encode(input = '') {
    this.#brand;
    return native.encodeUtf8(`${input}`);
  }
  encodeInto(source, destination) {
    this.#brand;
    shared.validate.string(source, 'src');
    if (TypedArrayPrototypeGetSymbolToStringTag(destination) !== 'Uint8Array') {
      throw invalidArgType('dest', 'Uint8Array', destination);
    }
    native.encodeUtf8Into(source, destination, counts);
    return { read: counts[0], written: counts[1] };
  }
}
ObjectDefineProperties(TextEncoder.prototype, {
  __proto__: null, encoding: enumerable, encode: enumerable, encodeInto: enumerable,
  [SymbolToStringTag]: { __proto__: null, value: 'TextEncoder', configurable: true },
});

const encodings = { __proto__: null };
function addLabels(name, labels) {
  for (let i = 0; i < labels.length; i++) encodings[labels[i]] = name;
}
addLabels('utf-8', ['unicode-1-1-utf-8', 'unicode11utf8', 'unicode20utf8', 'utf-8', 'utf8', 'x-unicode20utf8']);
addLabels('utf-16le', ['csunicode', 'iso-10646-ucs-2', 'ucs-2', 'unicode', 'unicodefeff', 'utf-16', 'utf-16le']);
addLabels('windows-1252', [
  'ansi_x3.4-1968', 'ascii', 'cp1252', 'cp819', 'csisolatin1', 'ibm819', 'iso-8859-1', 'iso-ir-100', 'iso8859-1',
  'iso88591', 'iso_8859-1', 'iso_8859-1:1987', 'l1', 'latin1', 'us-ascii', 'windows-1252', 'x-cp1252',
]);
// windows-1252 differs from Latin-1 at 0x80..0x9f.
const windows = '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
    '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';
function decodeWindows(bytes) {
  const text = native.decodeLatin1(bytes);
  let out = '';
  let done = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = StringPrototypeCharCodeAt(text, i);
    if (unit >= 0x80 && unit <= 0x9f) {
      out += StringPrototypeSlice(text, done, i) + windows[unit - 0x80];
      done = i + 1;
    }
  }
  return done === 0 ? text : out + StringPrototypeSlice(text, done);
}

// How many bytes at the end of `bytes` begin a sequence that more bytes could complete.
function incompleteTail(bytes) {
  const length = TypedArrayPrototypeGetByteLength(bytes);
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back];
    if (byte >= 0x80 && byte < 0xc0) continue;
    let needed = 1;
    if (byte >= 0xf0 && byte <= 0xf4) needed = 4;
    else if (byte >= 0xe0 && byte < 0xf0) needed = 3;
    else if (byte >= 0xc2 && byte < 0xe0) needed = 2;
    if (needed <= back) return 0;
    if (back > 1) {
      const second = bytes[length - back + 1];
      const low = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
      const high = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
      if (second < low || second > high) return 0;
    }
    return back;
  }
  return 0;
}

const empty = new Uint8Array(0);
class TextDecoder {
  #encoding;
  #fatal;
  #ignoreBom;
  #kept = empty;       // bytes of a sequence that was not complete
  #bomSeen = false;    // past the place where a byte order mark may stand
  #streaming = false;

  constructor(label = 'utf-8', options = undefined) {
    const encoding = encodings[StringPrototypeToLowerCase(StringPrototypeTrim(`${label}`))];
    if (encoding === undefined) {
      throw rangeErrorWithCode('ERR_ENCODING_NOT_SUPPORTED', `The "${label}" encoding is not supported`);
    }
    if (options !== undefined && options !== null && typeof options !== 'object' && typeof options !== 'function') {
      throw invalidArgType('options', 'Object', options);
    }
    this.#encoding = encoding;
    this.#fatal = !!options?.fatal;
    this.#ignoreBom = !!options?.ignoreBOM;
  }
  get encoding() { return this.#encoding; }
  get fatal() { return this.#fatal; }
  get ignoreBOM() { return this.#ignoreBom; }

  decode(input = empty, options = undefined) {
    let bytes = bytesOf(input);
    if (bytes === undefined) {
      throw invalidArgType('list', ['SharedArrayBuffer', 'ArrayBuffer', 'ArrayBufferView'], input);
    }
    if (!this.#streaming) {
      this.#kept = empty;
      this.#bomSeen = false;
    }
    const stream = this.#streaming = !!options?.stream;
    if (this.#encoding === 'windows-1252') return decodeWindows(bytes);

    if (this.#kept !== empty) {
      const kept = TypedArrayPrototypeGetByteLength(this.#kept);
      const joined = new Uint8Array(kept + TypedArrayPrototypeGetByteLength(bytes));
      TypedArrayPrototypeSet(joined, this.#kept);
      TypedArrayPrototypeSet(joined, bytes, kept);
      bytes = joined;
      this.#kept = empty;
    }
    let text;
    if (this.#encoding === 'utf-8') {
      if (stream) bytes = this.#keep(bytes, incompleteTail(bytes));
      text = native.decodeUtf8(bytes, this.#fatal);
      if (text === undefined) throw this.#malformed();
    } else {
      text = this.#decodeUtf16(bytes, stream);
    }
    if (!this.#bomSeen && text.length > 0) {
      this.#bomSeen = true;
      if (!this.#ignoreBom && StringPrototypeCharCodeAt(text, 0) === 0xfeff) text = StringPrototypeSlice(text, 1);
    }
    return text;
  }

  #keep(bytes, count) {
    if (count === 0) return bytes;
    const cut = TypedArrayPrototypeGetByteLength(bytes) - count;
    this.#kept = TypedArrayPrototypeSlice(bytes, cut);
    return TypedArrayPrototypeSubarray(bytes, 0, cut);
  }

  #decodeUtf16(bytes, stream) {
    let length = TypedArrayPrototypeGetByteLength(bytes);
    let tail = length % 2;
    const last = bytes[length - tail - 1];  // high byte of the last unit
    if (stream && length - tail >= 2 && last >= 0xd8 && last <= 0xdb) tail += 2;
    let broken = false;
    if (stream) {
      bytes = this.#keep(bytes, tail);
    } else if (tail > 0) {
      broken = true;
      bytes = TypedArrayPrototypeSubarray(bytes, 0, --length);
    }
    const text = native.decodeUtf16(bytes);
    const formed = StringPrototypeToWellFormed(text);
    if (this.#fatal && (broken || formed !== text)) throw this.#malformed();
    return broken ? formed + '\ufffd' : formed;
  }

  #malformed() {
    this.#streaming = false;
    return typeErrorWithCode('ERR_ENCODING_INVALID_ENCODED_DATA',
                             `The encoded data was not valid for encoding ${this.#encoding}`);
  }
}
ObjectDefineProperties(TextDecoder.prototype, {
  __proto__: null, encoding: enumerable, fatal: enumerable, ignoreBOM: enumerable, decode: enumerable,
  [SymbolToStringTag]: { __proto__: null, value: 'TextDecoder', configurable: true },
});

// --- Node's names of encodings, as Buffer takes them ---
const bufferEncodings = {
  __proto__: null, 'utf8': 'utf8', 'utf-8': 'utf8', 'ucs2': 'utf16le', 'ucs-2': 'utf16le', 'utf16le': 'utf16le',
  'utf-16le': 'utf16le', 'latin1': 'latin1', 'binary': 'latin1', 'ascii': 'ascii', 'base64': 'base64',
  'base64url': 'base64url', 'hex': 'hex',
};
// undefined where Node knows no such encoding.
function normalizeEncoding(name) {
  return bufferEncodings[name] ?? bufferEncodings[StringPrototypeToLowerCase(`${name}`)];
}
const hexDigits = '0123456789abcdef';
const hexPairs = [];
for (let i = 0; i < 256; i++) hexPairs[i] = hexDigits[i >> 4] + hexDigits[i & 15];
function hexDigit(unit) {
  if (unit >= 48 && unit <= 57) return unit - 48;
  unit |= 32;
  return unit >= 97 && unit <= 102 ? unit - 87 : -1;
}
// `encoding` is one that normalizeEncoding() returned.
function decodeBytes(bytes, encoding) {
  switch (encoding) {
    case 'utf8': return native.decodeUtf8(bytes, false);
    case 'latin1': return native.decodeLatin1(bytes);
    case 'base64': return native.encodeBase64(bytes, false);
    case 'base64url': return native.encodeBase64(bytes, true);
    case 'utf16le':
      return native.decodeUtf16(TypedArrayPrototypeSubarray(bytes, 0, TypedArrayPrototypeGetByteLength(bytes) & ~1));
    case 'ascii': {
      const masked = TypedArrayPrototypeSlice(bytes);
      for (let i = 0; i < masked.length; i++) masked[i] &= 0x7f;
      return native.decodeLatin1(masked);
    }
    default: {
      let text = '';
      const length = TypedArrayPrototypeGetByteLength(bytes);
      for (let i = 0; i < length; i++) text += hexPairs[bytes[i]];
      return text;
    }
  }
}
function encodeText(text, encoding) {
  switch (encoding) {
    case 'utf8': return native.encodeUtf8(text);
    case 'latin1': case 'ascii': return native.encodeLatin1(text);
    case 'base64': case 'base64url': return native.decodeBase64(text);
    case 'utf16le': {
      const bytes = new Uint8Array(text.length * 2);
      for (let i = 0; i < text.length; i++) {
        const unit = StringPrototypeCharCodeAt(text, i);
        bytes[2 * i] = unit & 0xff;
        bytes[2 * i + 1] = unit >> 8;
      }
      return bytes;
    }
    default: {
      const bytes = new Uint8Array(text.length >> 1);
      let used = 0;
      for (; used < bytes.length; used++) {
        const high = hexDigit(StringPrototypeCharCodeAt(text, 2 * used));
        const low = hexDigit(StringPrototypeCharCodeAt(text, 2 * used + 1));
        if (high < 0 || low < 0) break;
        bytes[used] = high * 16 + low;
      }
      return TypedArrayPrototypeSubarray(bytes, 0, used);
    }
  }
}

shared.normalizeEncoding = normalizeEncoding;
shared.decodeBytes = decodeBytes;
shared.encodeText = encodeText;
shared.bytesOf = bytesOf;
shared.TextEncoder = TextEncoder;
shared.TextDecoder = TextDecoder;
