'use strict';
// Writes a message (message.js).
const encodeMessage = (() => {
  const {
    ArrayBufferPrototypeGetByteLength, ArrayIsArray, ArrayPrototypePush, BigIntPrototypeToString,
    BigIntPrototypeValueOf, BooleanPrototypeValueOf, DataView, DataViewPrototypeGetBuffer,
    DataViewPrototypeGetByteLength, DataViewPrototypeGetByteOffset, DataViewPrototypeSetFloat64,
    DataViewPrototypeSetUint32, DatePrototypeGetTime, MapPrototypeForEach, NumberPrototypeValueOf,
    ObjectGetOwnPropertyDescriptor, ObjectKeys, ObjectPrototypeHasOwnProperty, RegExpPrototypeGetFlags,
    RegExpPrototypeGetSource, SafeMap, SetPrototypeForEach, StringPrototypeCharCodeAt, StringPrototypeValueOf,
    TypedArrayPrototypeGetBuffer, TypedArrayPrototypeGetByteLength, TypedArrayPrototypeGetByteOffset,
    TypedArrayPrototypeGetSymbolToStringTag, TypedArrayPrototypeSet, TypedArrayPrototypeSubarray, Uint8Array,
  } = primordials;
  const { DOMException, encodeText, types } = internals.shared;
  const {
    kMaxBytes, kMaxDepth, kMaxTokens, kUndefined, kNull, kFalse, kTrue, kNumber, kBigInt, kLatin1, kUtf16, kSeen,
    kObject, kArray, kMap, kSet, kDate, kRegExp, kError, kBuffer, kView, kBoxed, kCapability, kHole, viewNames,
    errorNames, indexOf, isIndex,
  } = messageForm;

  const cannot = (what) => new DOMException(`${what} could not be cloned.`, 'DataCloneError');
  const tooLarge = () => new DOMException(`A message has at most ${kMaxBytes} bytes.`, 'DataCloneError');

  // Grows by doubling up to kMaxBytes.
  class Writer {
    bytes = new Uint8Array(256);
    view = new DataView(TypedArrayPrototypeGetBuffer(this.bytes));
    used = 0;
    depth = 0;
    seen = new SafeMap();
    count = 0;
    tokens = [];
    capabilities;
    constructor(capabilities) { this.capabilities = capabilities; }

    reserve(more) {
      const wanted = this.used + more;
      if (wanted > kMaxBytes) throw tooLarge();
      let size = this.bytes.length;
      if (wanted <= size) return;
      while (size < wanted) size *= 2;
      const grown = new Uint8Array(size);
      TypedArrayPrototypeSet(grown, this.bytes);
      this.bytes = grown;
      this.view = new DataView(TypedArrayPrototypeGetBuffer(grown));
    }
    byte(value) {
      this.reserve(1);
      this.bytes[this.used++] = value;
    }
    size(value) {
      this.reserve(4);
      DataViewPrototypeSetUint32(this.view, this.used, value, true);
      this.used += 4;
    }
    number(value) {
      this.reserve(8);
      DataViewPrototypeSetFloat64(this.view, this.used, value, true);
      this.used += 8;
    }
    data(bytes) {
      const length = TypedArrayPrototypeGetByteLength(bytes);
      this.size(length);
      this.reserve(length);
      TypedArrayPrototypeSet(this.bytes, bytes, this.used);
      this.used += length;
    }
    text(text) {
      if (text.length > kMaxBytes) throw tooLarge();
      let wide = false;
      for (let i = 0; i < text.length && !wide; i++) wide = StringPrototypeCharCodeAt(text, i) > 0xff;
      this.byte(wide ? kUtf16 : kLatin1);
      this.data(encodeText(text, wide ? 'utf16le' : 'latin1'));
    }
    bigInt(value) {
      this.byte(kBigInt);
      this.data(encodeText(BigIntPrototypeToString(value, 16), 'latin1'));
    }
    node(value) {
      switch (typeof value) {
        case 'undefined': this.byte(kUndefined); return;
        case 'boolean': this.byte(value ? kTrue : kFalse); return;
        case 'number': this.byte(kNumber); this.number(value); return;
        case 'bigint': this.bigInt(value); return;
        case 'string': this.text(value); return;
        case 'object': break;
        default: throw cannot(typeof value === 'symbol' ? 'A symbol' : 'A function');
      }
      if (value === null) {
        this.byte(kNull);
        return;
      }
      const number = this.seen.get(value);
      if (number !== undefined) {
        this.byte(kSeen);
        this.size(number);
        return;
      }
      if (++this.depth > kMaxDepth) {
        throw new DOMException(`A message is at most ${kMaxDepth} objects deep.`, 'DataCloneError');
      }
      this.seen.set(value, this.count++);
      this.object(value);
      this.depth--;
    }
    object(value) {
      if (types.isProxy(value)) throw cannot('A proxy');
      const kind = this.capabilities.kindOf(value);
      if (kind !== undefined) this.capability(value, kind);
      else if (ArrayIsArray(value)) this.array(value);
      else if (types.isMap(value)) this.map(value);
      else if (types.isSet(value)) this.set(value);
      else if (types.isDate(value)) {
        this.byte(kDate);
        this.number(DatePrototypeGetTime(value));
      } else if (types.isRegExp(value)) {
        this.byte(kRegExp);
        this.text(RegExpPrototypeGetSource(value));
        this.text(RegExpPrototypeGetFlags(value));
      } else if (types.isNativeError(value)) this.error(value);
      else if (types.isArrayBuffer(value)) this.buffer(value);
      else if (types.isDataView(value)) {
        this.dataView(value, 0, DataViewPrototypeGetBuffer(value), DataViewPrototypeGetByteOffset(value),
                      DataViewPrototypeGetByteLength(value));
      } else if (TypedArrayPrototypeGetSymbolToStringTag(value) !== undefined) {
        const type = indexOf(viewNames, TypedArrayPrototypeGetSymbolToStringTag(value));
        if (type < 0) throw cannot('This kind of typed array');
        this.dataView(value, type, TypedArrayPrototypeGetBuffer(value), TypedArrayPrototypeGetByteOffset(value),
                      TypedArrayPrototypeGetByteLength(value));
      } else if (types.isBooleanObject(value)) this.boxed(BooleanPrototypeValueOf(value));
      else if (types.isNumberObject(value)) this.boxed(NumberPrototypeValueOf(value));
      else if (types.isStringObject(value)) this.boxed(StringPrototypeValueOf(value));
      else if (types.isBigIntObject(value)) this.boxed(BigIntPrototypeValueOf(value));
      else if (isOpaque(value)) throw cannot('This object');
      else {
        this.byte(kObject);
        this.properties(value);
      }
    }
    boxed(value) {
      this.byte(kBoxed);
      this.node(value);
    }
    capability(value, kind) {
      if (this.tokens.length >= kMaxTokens) {
        throw new DOMException(`A message has at most ${kMaxTokens} capabilities.`, 'DataCloneError');
      }
      this.byte(kCapability);
      this.byte(kind);
      this.byte(this.tokens.length);
      ArrayPrototypePush(this.tokens, this.capabilities.tokenOf(value));
    }
    // Own enumerable ones with string keys; a getter may remove what comes after it.
    properties(value, wanted = () => true) {
      const keys = ObjectKeys(value);
      const at = this.used;
      this.size(0);
      let written = 0;
      for (let i = 0; i < keys.length; i++) {
        if (!wanted(keys[i]) || !ObjectPrototypeHasOwnProperty(value, keys[i])) continue;
        this.text(keys[i]);
        this.node(value[keys[i]]);
        written++;
      }
      DataViewPrototypeSetUint32(this.view, at, written, true);
    }
    // Each element up to the length, holes too, so that a length costs its sender what it costs its receiver.
    array(value) {
      this.byte(kArray);
      const { length } = value;
      if (length > kMaxBytes) throw tooLarge();
      this.size(length);
      for (let i = 0; i < length; i++) {
        if (ObjectPrototypeHasOwnProperty(value, i)) this.node(value[i]);
        else this.byte(kHole);
      }
      this.properties(value, (key) => !isIndex(key));
    }
    // What they hold when they are reached: a getter in an entry may change them.
    map(value) {
      const entries = [];
      MapPrototypeForEach(value, (item, key) => {
        ArrayPrototypePush(entries, key);
        ArrayPrototypePush(entries, item);
      });
      this.byte(kMap);
      this.size(entries.length / 2);
      for (let i = 0; i < entries.length; i++) this.node(entries[i]);
    }
    set(value) {
      const items = [];
      SetPrototypeForEach(value, (item) => { ArrayPrototypePush(items, item); });
      this.byte(kSet);
      this.size(items.length);
      for (let i = 0; i < items.length; i++) this.node(items[i]);
    }
    error(value) {
      const own = (key) => {
        const found = ObjectGetOwnPropertyDescriptor(value, key);
        return found === undefined || !('value' in found) ? undefined : found.value;
      };
      const optionalText = (text) => {
        if (typeof text === 'string') this.text(text);
        else this.byte(kUndefined);
      };
      const { name, stack } = value;
      const type = indexOf(errorNames, name);
      const cause = ObjectGetOwnPropertyDescriptor(value, 'cause');
      this.byte(kError);
      this.byte(type < 0 ? 0 : type);
      const message = own('message');
      optionalText(message === undefined || typeof message === 'symbol' ? undefined : `${message}`);
      optionalText(stack);
      this.byte(cause === undefined ? 0 : 1);
      if (cause !== undefined) this.node(value.cause);
    }
    buffer(value) {
      let bytes;
      try {
        bytes = new Uint8Array(value, 0, ArrayBufferPrototypeGetByteLength(value));
      } catch {
        throw cannot('A detached ArrayBuffer');
      }
      this.byte(kBuffer);
      this.data(bytes);
    }
    dataView(value, type, buffer, offset, byteLength) {
      this.byte(kView);
      this.byte(type);
      this.size(offset);
      this.size(byteLength);
      this.node(buffer);
    }
  }
  const opaque = [
    'isPromise', 'isWeakMap', 'isWeakSet', 'isSymbolObject', 'isGeneratorObject', 'isMapIterator', 'isSetIterator',
    'isModuleNamespaceObject', 'isExternal', 'isSharedArrayBuffer',
  ];
  function isOpaque(value) {
    for (let i = 0; i < opaque.length; i++) if (types[opaque[i]](value)) return true;
    return internals.isToken(value);
  }

  function encode(value, capabilities) {
    const writer = new Writer(capabilities);
    writer.node(value);
    return {
      __proto__: null, bytes: TypedArrayPrototypeSubarray(writer.bytes, 0, writer.used), tokens: writer.tokens,
    };
  }
  return encode;
})();
