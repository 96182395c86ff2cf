'use strict';
// process.stdin, process.stdout and process.stderr: as much of Node's streams as programs use that read all of their
// input and print. Gives shared.standardInput(), shared.readInputSync() and shared.outputs. Standard input is that of
// runtime:job, in the name of the job's entry: it needs no grant, and a worker that another started has none.

const {
  ArrayPrototypePush, ArrayPrototypeShift, ArrayPrototypeSlice, ArrayPrototypeSplice, AsyncIteratorPrototype,
  ObjectDefineProperty, ObjectFreeze, ObjectSetPrototypeOf, ReflectApply, String, SymbolAsyncIterator, SymbolToStringTag,
  TypedArrayPrototypeGetBuffer, TypedArrayPrototypeGetByteLength, TypedArrayPrototypeGetByteOffset,
  TypedArrayPrototypeSubarray, Uint8Array, uncurryThis,
} = primordials;
const { native, shared } = internals;
const { bytesOf, decodeBytes, normalizeEncoding } = shared;
const { invalidArgType, typeErrorWithCode } = shared.errors;
const decodePart = uncurryThis(shared.TextDecoder.prototype.decode);

function encodingNamed(name) {
  const encoding = normalizeEncoding(name);
  if (encoding === undefined) throw typeErrorWithCode('ERR_UNKNOWN_ENCODING', `Unknown encoding: ${String(name)}`);
  return encoding;
}

// What is read: bytes that are text where a program adds them to a text, as a Buffer is.
class Input extends Uint8Array {
  toString(encoding = 'utf8', start = 0, end = TypedArrayPrototypeGetByteLength(this)) {
    return decodeBytes(TypedArrayPrototypeSubarray(this, start, end), encodingNamed(encoding));
  }
}
function asInput(bytes) {
  return new Input(TypedArrayPrototypeGetBuffer(bytes), TypedArrayPrototypeGetByteOffset(bytes),
                   TypedArrayPrototypeGetByteLength(bytes));
}

function jobInput() { return native.extensionOfEntry('runtime:job').stdin; }
// All that is left.
shared.readInputSync = () => asInput(jobInput().readAllSync());
shared.readInput = async () => asInput(await jobInput().readAll());

class ReadStream {
  #listeners = { __proto__: null };
  #source = null;
  #decoder = null;  // of utf8, which cuts no character in two
  #encoding = null;
  #read = [];       // chunks that nobody has taken
  #reading = false;
  #paused = false;
  #ended = false;
  #told = false;    // that it has ended

  get fd() { return 0; }
  get isTTY() { return false; }
  get readable() { return !this.#ended; }

  #add(event, listener, once) {
    if (typeof listener !== 'function') throw invalidArgType('listener', 'function', listener);
    ArrayPrototypePush(this.#listeners[event] ??= [], { __proto__: null, listener, once });
    if (event === 'data') this.resume();
    if (event === 'readable') this.#start();
    return this;
  }
  on(event, listener) { return this.#add(String(event), listener, false); }
  addListener(event, listener) { return this.#add(String(event), listener, false); }
  once(event, listener) { return this.#add(String(event), listener, true); }
  off(event, listener) { return this.removeListener(event, listener); }
  removeListener(event, listener) {
    const list = this.#listeners[String(event)] ?? [];
    for (let i = list.length - 1; i >= 0; i--) {
      if (list[i].listener !== listener) continue;
      ArrayPrototypeSplice(list, i, 1);
      break;
    }
    return this;
  }
  removeAllListeners(event = undefined) {
    if (event === undefined) this.#listeners = { __proto__: null };
    else this.#listeners[String(event)] = [];
    return this;
  }
  listenerCount(event) { return this.#has(String(event)); }
  #has(event) { return this.#listeners[event]?.length ?? 0; }
  #emit(event, value) {
    const list = ArrayPrototypeSlice(this.#listeners[event] ?? []);
    for (let i = 0; i < list.length; i++) {
      if (list[i].once) this.removeListener(event, list[i].listener);
      ReflectApply(list[i].listener, this, value === undefined ? [] : [value]);
    }
  }

  setEncoding(encoding = 'utf8') {
    this.#encoding = encodingNamed(encoding);
    if (this.#encoding === 'utf8') this.#decoder = new shared.TextDecoder('utf-8', { __proto__: null, ignoreBOM: true });
    return this;
  }
  pause() {
    this.#paused = true;
    return this;
  }
  resume() {
    this.#paused = false;
    this.#start();
    return this;
  }
  isPaused() { return this.#paused; }
  ref() { return this; }
  unref() { return this; }
  // A chunk that was read, or null.
  read() {
    const chunk = ArrayPrototypeShift(this.#read) ?? null;
    if (this.#ended && this.#read.length === 0) this.#start();
    return chunk;
  }

  // Undefined at the end.
  async #next() {
    this.#source ??= jobInput()[SymbolAsyncIterator]();
    const { value, done } = await this.#source.next();
    if (done) {
      this.#ended = true;
      const rest = this.#decoder === null ? '' : decodePart(this.#decoder);
      return rest === '' ? undefined : rest;
    }
    if (this.#decoder !== null) return decodePart(this.#decoder, value, { __proto__: null, stream: true });
    return this.#encoding === null ? asInput(value) : decodeBytes(value, this.#encoding);
  }

  // What is thrown by a listener is uncaught, as it would be in Node.
  async #start() {
    if (this.#reading) return;
    this.#reading = true;
    try {
      await undefined;  // whoever adds listeners adds them all before the first is called
      while (!this.#told && !this.#paused) {
        if (!this.#ended) {
          const chunk = await this.#next();
          if (chunk !== undefined && chunk !== '') ArrayPrototypePush(this.#read, chunk);
        }
        if (this.#has('readable') > 0) {
          this.#emit('readable');  // at the end, too: read() gives null then
        } else {
          while (this.#read.length > 0 && !this.#paused) this.#emit('data', ArrayPrototypeShift(this.#read));
        }
        if (!this.#ended) continue;
        if (this.#read.length > 0) break;  // until that is taken
        this.#told = true;
        this.#emit('end');
        this.#emit('close');
      }
    } finally {
      this.#reading = false;
    }
  }

  [SymbolAsyncIterator]() {
    const next = async () => {
      if (this.#read.length > 0) return { value: ArrayPrototypeShift(this.#read), done: false };
      while (!this.#ended) {
        const value = await this.#next();
        if (value !== undefined && value !== '') return { value, done: false };
      }
      this.#told = true;
      return { value: undefined, done: true };
    };
    const iterator = {
      next,
      async return(value) { return { value, done: true }; },
    };
    ObjectFreeze(iterator.next);
    ObjectFreeze(iterator.return);
    return ObjectFreeze(ObjectSetPrototypeOf(iterator, AsyncIteratorPrototype));
  }
}
ObjectDefineProperty(ReadStream.prototype, SymbolToStringTag,
                     { __proto__: null, value: 'ReadStream', configurable: true });

class WriteStream {
  #stream;
  constructor(stream) { this.#stream = stream; }
  get fd() { return this.#stream + 1; }
  get isTTY() { return false; }
  get writable() { return true; }
  write(chunk, encoding = undefined, callback = undefined) {
    if (typeof encoding === 'function') {
      callback = encoding;
      encoding = undefined;
    }
    if (typeof chunk === 'string' && (encoding === undefined || encodingNamed(encoding) === 'utf8')) {
      native.writeOutput(this.#stream, chunk);
    } else if (typeof chunk === 'string') {
      native.writeOutput(this.#stream, shared.encodeText(chunk, encodingNamed(encoding)));
    } else {
      const bytes = bytesOf(chunk);
      if (bytes === undefined) throw invalidArgType('chunk', ['string', 'TypedArray', 'DataView'], chunk);
      native.writeOutput(this.#stream, bytes);
    }
    if (typeof callback === 'function') shared.nextTick(callback);
    return true;
  }
  end(chunk = undefined, encoding = undefined, callback = undefined) {
    if (chunk !== undefined && typeof chunk !== 'function') this.write(chunk, encoding);
    const last = typeof chunk === 'function' ? chunk : typeof encoding === 'function' ? encoding : callback;
    if (typeof last === 'function') shared.nextTick(last);
    return this;
  }
  on() { return this; }
  once() { return this; }
  off() { return this; }
}
ObjectDefineProperty(WriteStream.prototype, SymbolToStringTag,
                     { __proto__: null, value: 'WriteStream', configurable: true });

ArrayPrototypePush(shared.roots, Input, ReadStream, WriteStream);
let standardInput = null;
shared.standardInput = () => (standardInput ??= ObjectFreeze(new ReadStream()));
shared.outputs = ObjectFreeze({
  __proto__: null, stdout: ObjectFreeze(new WriteStream(0)), stderr: ObjectFreeze(new WriteStream(1)),
});
