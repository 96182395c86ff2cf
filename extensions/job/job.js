'use strict';
// The face of the extension "job": what a job was started with, and its end.

const {
  ArrayPrototypePush, AsyncIteratorPrototype, ObjectDefineProperty, ObjectFreeze, ObjectSetPrototypeOf,
  PromisePrototypeThen, SymbolAsyncIterator, SymbolToStringTag, TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeSet, Uint8Array,
} = primordials;
const { rpc, shared } = internals;
const { validate } = shared;

const kPiece = 64 * 1024;
const nothingLeft = new Uint8Array(0);

class StdinIterator {
  #read;
  #done = false;
  constructor(read) { this.#read = read; }
  async next() {
    if (this.#done) return { value: undefined, done: true };
    const value = await this.#read();
    if (TypedArrayPrototypeGetByteLength(value) > 0) return { value, done: false };
    this.#done = true;
    return { value: undefined, done: true };
  }
  async return(value) {
    this.#done = true;
    return { value, done: true };
  }
}
ObjectSetPrototypeOf(StdinIterator.prototype, AsyncIteratorPrototype);
ArrayPrototypePush(shared.roots, StdinIterator);

function joined(parts) {
  let total = 0;
  for (let i = 0; i < parts.length; i++) total += TypedArrayPrototypeGetByteLength(parts[i]);
  const all = new Uint8Array(total);
  let used = 0;
  for (let i = 0; i < parts.length; i++) {
    TypedArrayPrototypeSet(all, parts[i], used);
    used += TypedArrayPrototypeGetByteLength(parts[i]);
  }
  return all;
}

function makeStdin(view) {
  let ended = false;
  let last = null;  // the call before: standard input is read one piece at a time
  function read() {
    const ask = () => {
      if (ended) return nothingLeft;
      return PromisePrototypeThen(rpc.call('readStdin', {
        __proto__: null, view: { __proto__: null, token: view }, max: kPiece,
      }, { __proto__: null, syscall: 'read' }), (result) => {
        if (TypedArrayPrototypeGetByteLength(result.bytes) === 0) ended = true;
        return result.bytes;
      }, (error) => { throw shared.errors.recapture(error); });
    };
    const piece = last === null ? ask() : PromisePrototypeThen(last, ask, ask);
    last = piece;
    return piece;
  }
  const stdin = {
    // All that is left, as one Uint8Array.
    async readAll() {
      const parts = [];
      for (;;) {
        const bytes = await read();
        if (TypedArrayPrototypeGetByteLength(bytes) === 0) break;
        ArrayPrototypePush(parts, bytes);
      }
      return joined(parts);
    },
    // The same, waited for.
    readAllSync() {
      const parts = [];
      const params = { __proto__: null, view: { __proto__: null, token: view }, max: kPiece };
      while (!ended) {
        const { bytes } = rpc.callSync('readStdin', params, { __proto__: null, syscall: 'read' });
        if (TypedArrayPrototypeGetByteLength(bytes) === 0) ended = true;
        else ArrayPrototypePush(parts, bytes);
      }
      return joined(parts);
    },
    [SymbolAsyncIterator]() { return new StdinIterator(read); },
  };
  ObjectFreeze(stdin.readAll);
  ObjectFreeze(stdin.readAllSync);
  ObjectFreeze(stdin[SymbolAsyncIterator]);
  ObjectDefineProperty(stdin, SymbolToStringTag, { __proto__: null, value: 'Stdin', configurable: true });
  return ObjectFreeze(stdin);
}

// Ends the job at once.
function exit(code = 0) {
  validate.integer(code, 'code', 0, 255);
  shared.exit(code);
}

ArrayPrototypePush(shared.roots, exit);

const exports = ObjectFreeze(['default', 'args', 'env', 'stdin', 'exit']);
return {
  __proto__: null,
  exports: () => exports,
  instantiate(view) {
    const params = { __proto__: null, view: { __proto__: null, token: view } };
    const context = { __proto__: null };
    const args = ObjectFreeze(rpc.callSync('arguments', params, context).arguments);
    const env = { __proto__: null };
    const { variables } = rpc.callSync('environment', params, context);
    for (let i = 0; i < variables.length; i++) env[variables[i].name] = variables[i].value;
    ObjectFreeze(env);
    const stdin = makeStdin(view);
    return { __proto__: null, args, env, stdin, exit, default: ObjectFreeze({ args, env, stdin, exit }) };
  },
};
