'use strict';
// Reads a message (message.js).
const decodeMessage = (() => {
  const {
    ArrayBufferPrototypeGetByteLength, ArrayPrototypePush, BigInt, DataView, DataViewPrototypeGetFloat64,
    DataViewPrototypeGetUint32, Date, Map, MapPrototypeSet, Object, RegExp, Set, SetPrototypeAdd,
    StringPrototypeCharCodeAt, StringPrototypeSlice, TypedArrayPrototypeGetBuffer, TypedArrayPrototypeGetByteLength,
    TypedArrayPrototypeGetByteOffset, TypedArrayPrototypeSet, TypedArrayPrototypeSubarray, Uint8Array,
  } = primordials;
  const { decodeBytes, types } = internals.shared;
  const {
    kMaxBytes, kMaxDepth, kUndefined, kNull, kFalse, kTrue, kNumber, kBigInt, kLatin1, kUtf16, kSeen, kObject, kArray,
    kMap, kSet, kDate, kRegExp, kError, kBuffer, kView, kBoxed, kCapability, kHole, viewTypes, viewElementBytes,
    errorTypes, define, isIndex,
  } = messageForm;

  // Thrown for bytes that encodeMessage() does not make; leaves decodeMessage() as its answer.
  const bad = { __proto__: null };

  // What a node may allocate is within a small multiple of its bytes.
  class Reader {
    bytes;
    view;
    end;
    at = 0;
    depth = 0;
    objects = [];
    tokens;
    capabilities;
    constructor(bytes, tokens, capabilities) {
      this.bytes = bytes;
      this.end = TypedArrayPrototypeGetByteLength(bytes);
      this.view = new DataView(TypedArrayPrototypeGetBuffer(bytes), TypedArrayPrototypeGetByteOffset(bytes), this.end);
      this.tokens = tokens;
      this.capabilities = capabilities;
    }

    take(count) {
      if (count > this.end - this.at) throw bad;
      const from = this.at;
      this.at += count;
      return from;
    }
    byte() { return this.bytes[this.take(1)]; }
    size() { return DataViewPrototypeGetUint32(this.view, this.take(4), true); }
    number() { return DataViewPrototypeGetFloat64(this.view, this.take(8), true); }
    data() {
      const length = this.size();
      const from = this.take(length);
      return TypedArrayPrototypeSubarray(this.bytes, from, from + length);
    }
    text(tag = this.byte()) {
      if (tag === kLatin1) return decodeBytes(this.data(), 'latin1');
      if (tag !== kUtf16) throw bad;
      const units = this.data();
      if (TypedArrayPrototypeGetByteLength(units) % 2 !== 0) throw bad;
      return decodeBytes(units, 'utf16le');
    }
    optionalText() {
      const tag = this.byte();
      return tag === kUndefined ? undefined : this.text(tag);
    }
    bigInt() {
      const text = decodeBytes(this.data(), 'latin1');
      const negative = text.length > 0 && text[0] === '-';
      const from = negative ? 1 : 0;
      if (text.length === from) throw bad;
      for (let i = from; i < text.length; i++) {
        const unit = StringPrototypeCharCodeAt(text, i);
        if (!((unit >= 48 && unit <= 57) || (unit >= 97 && unit <= 102))) throw bad;
      }
      const value = BigInt('0x' + StringPrototypeSlice(text, from));
      return negative ? -value : value;
    }
    node(tag = this.byte()) {
      switch (tag) {
        case kUndefined: return undefined;
        case kNull: return null;
        case kFalse: return false;
        case kTrue: return true;
        case kNumber: return this.number();
        case kBigInt: return this.bigInt();
        case kLatin1: case kUtf16: return this.text(tag);
        case kSeen: {
          const seen = this.objects[this.size()];
          if (seen === undefined) throw bad;  // never met, or not made yet
          return seen;
        }
        default:
      }
      if (++this.depth > kMaxDepth) throw bad;
      const number = this.objects.length;
      ArrayPrototypePush(this.objects, undefined);
      const value = this.object(tag, (made) => this.objects[number] = made);
      this.depth--;
      return value;
    }
    // `keep` gives the object its number; before what is within it is read, where that may name it.
    object(tag, keep) {
      switch (tag) {
        case kObject: return this.properties(keep({}));
        case kArray: return this.array(keep([]));
        case kMap: {
          const map = keep(new Map());
          for (let left = this.size(); left > 0; left--) {
            const key = this.node();
            MapPrototypeSet(map, key, this.node());
          }
          return map;
        }
        case kSet: {
          const set = keep(new Set());
          for (let left = this.size(); left > 0; left--) SetPrototypeAdd(set, this.node());
          return set;
        }
        case kDate: return keep(new Date(this.number()));
        case kRegExp: {
          const source = this.text();
          return keep(new RegExp(source, this.text()));
        }
        case kError: return this.error(keep);
        case kBuffer: {
          const data = this.data();
          const own = new Uint8Array(TypedArrayPrototypeGetByteLength(data));
          TypedArrayPrototypeSet(own, data);
          return keep(TypedArrayPrototypeGetBuffer(own));
        }
        case kView: return keep(this.dataView());
        case kBoxed: {
          const primitive = this.node();
          if (primitive === undefined || primitive === null || typeof primitive === 'object') throw bad;
          return keep(Object(primitive));
        }
        case kCapability: {
          const kind = this.byte();
          const place = this.byte();
          if (place >= this.tokens.length) throw bad;
          const made = this.capabilities.make(kind, this.tokens[place]);
          if (made === undefined) throw bad;
          return keep(made);
        }
        default: throw bad;
      }
    }
    properties(object) {
      for (let left = this.size(); left > 0; left--) {
        const key = this.text();
        define(object, key, this.node(), true);
      }
      return object;
    }
    array(array) {
      const length = this.size();
      for (let i = 0; i < length; i++) {
        const tag = this.byte();
        if (tag === kHole) array.length = i + 1;
        else define(array, i, this.node(tag), true);
      }
      for (let left = this.size(); left > 0; left--) {
        const key = this.text();
        // Among them would be elements far beyond the end, which make what is allocated of it.
        if (key === 'length' || isIndex(key)) throw bad;
        define(array, key, this.node(), true);
      }
      return array;
    }
    error(keep) {
      const type = this.byte();
      if (type >= errorTypes.length) throw bad;
      const error = keep(new errorTypes[type]());
      const message = this.optionalText();
      const stack = this.optionalText();
      if (message !== undefined) define(error, 'message', message, false);
      define(error, 'stack', stack, false);
      const hasCause = this.byte();
      if (hasCause > 1) throw bad;
      if (hasCause === 1) define(error, 'cause', this.node(), false);
      return error;
    }
    dataView() {
      const type = this.byte();
      const offset = this.size();
      const byteLength = this.size();
      const buffer = this.node();
      if (type >= viewTypes.length || !types.isArrayBuffer(buffer)) throw bad;
      const elementBytes = viewElementBytes[type];
      if (offset % elementBytes !== 0 || byteLength % elementBytes !== 0 ||
          offset + byteLength > ArrayBufferPrototypeGetByteLength(buffer)) {
        throw bad;
      }
      return new viewTypes[type](buffer, offset, byteLength / elementBytes);
    }
  }

  function decode(bytes, tokens, capabilities) {
    try {
      const reader = new Reader(bytes, tokens, capabilities);
      if (reader.end > kMaxBytes) return { __proto__: null, ok: false };
      const value = reader.node();
      return reader.at === reader.end ? { __proto__: null, ok: true, value } : { __proto__: null, ok: false };
    } catch {
      return { __proto__: null, ok: false };
    }
  }

  return decode;
})();
