'use strict';
// The face of the extension "fs": Node's fs over fs.capnp, and directory capabilities. One body in four parts, which host.cc
// joins: this one, status.js, files.js, fs.js.
//
// Every function exists once, as f(view, args), for a view that is a module's authority or a directory capability. It
// returns a plan: one call, or a flow of several. A plan runs in three ways: waited for (readFileSync), as a promise
// (promises.readFile, and readFile without a callback), or with a callback as the last argument.

const {
  ArrayIsArray, ArrayPrototypePush, AsyncIteratorPrototype, BigInt, Date, DatePrototypeGetTime, Error,
  GeneratorPrototypeNext, GeneratorPrototypeThrow, MathFloor, MathMax, MathMin, MathRound, Number, NumberIsFinite,
  NumberMAX_SAFE_INTEGER, NumberParseInt, ObjectDefineProperty, ObjectFreeze, ObjectPrototype, ObjectSetPrototypeOf,
  Promise, PromisePrototypeThen, PromiseReject, ReflectApply, ReflectOwnKeys, RegExpPrototypeExec, SafeWeakMap,
  String, StringPrototypeEndsWith, StringPrototypeIncludes, StringPrototypeLastIndexOf, StringPrototypeSlice,
  SymbolAsyncDispose, SymbolAsyncIterator, SymbolIterator, SymbolToStringTag, TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetSymbolToStringTag, TypedArrayPrototypeSet, TypedArrayPrototypeSubarray, Uint8Array,
} = primordials;
const { rpc, shared } = internals;
const { bytesOf, decodeBytes, encodeText, nextTick, normalizeEncoding, pathOfUrl, types, validate } = shared;
const { invalidArgType, invalidArgValue, outOfRange, rangeErrorWithCode, recapture, systemError } = shared.errors;

const kPiece = 128 * 1024;      // of a long read or write while several are in flight
const kMost = 256 * 1024;       // of data in one call
const kInFlight = 4;
const kLongestFile = 2 ** 31 - 1;
const kReadsAtOnce = 32;        // readFile() in progress: each may hold a handle

const constants = ObjectFreeze({
  __proto__: null,
  UV_FS_SYMLINK_DIR: 1, UV_FS_SYMLINK_JUNCTION: 2, O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, UV_DIRENT_UNKNOWN: 0,
  UV_DIRENT_FILE: 1, UV_DIRENT_DIR: 2, UV_DIRENT_LINK: 3, UV_DIRENT_FIFO: 4, UV_DIRENT_SOCKET: 5, UV_DIRENT_CHAR: 6,
  UV_DIRENT_BLOCK: 7, S_IFMT: 0o170000, S_IFREG: 0o100000, S_IFDIR: 0o40000, S_IFCHR: 0o20000, S_IFBLK: 0o60000,
  S_IFIFO: 0o10000, S_IFLNK: 0o120000, S_IFSOCK: 0o140000, O_CREAT: 0o100, O_EXCL: 0o200, UV_FS_O_FILEMAP: 0,
  O_NOCTTY: 0o400, O_TRUNC: 0o1000, O_APPEND: 0o2000, O_DIRECTORY: 0o200000, O_NOATIME: 0o1000000,
  O_NOFOLLOW: 0o400000, O_SYNC: 0o4010000, O_DSYNC: 0o10000, O_DIRECT: 0o40000, O_NONBLOCK: 0o4000, S_IRWXU: 0o700,
  S_IRUSR: 0o400, S_IWUSR: 0o200, S_IXUSR: 0o100, S_IRWXG: 0o70, S_IRGRP: 0o40, S_IWGRP: 0o20, S_IXGRP: 0o10,
  S_IRWXO: 7, S_IROTH: 4, S_IWOTH: 2, S_IXOTH: 1, F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1, UV_FS_COPYFILE_EXCL: 1,
  COPYFILE_EXCL: 1, UV_FS_COPYFILE_FICLONE: 2, COPYFILE_FICLONE: 2, UV_FS_COPYFILE_FICLONE_FORCE: 4,
  COPYFILE_FICLONE_FORCE: 4,
});

// --- Plans ---

// One call. `convert` makes the answer of it; without one the answer is undefined.
function call(method, params, context, convert) {
  return { __proto__: null, method, params, context, convert, flow: undefined };
}
// Several calls: `flow` is a generator function of (io) that yields what io.call() returned and is resumed with the
// result.
function several(flow) {
  return { __proto__: null, method: undefined, params: undefined, context: undefined, convert: undefined, flow };
}

const nothing = () => undefined;
const quiet = ObjectFreeze({ __proto__: null });  // the context of a call whose failure nobody sees
const io = {
  __proto__: null,
  sync: false,
  piece: kPiece,
  call(method, params, context) {
    const promise = rpc.call(method, params, context);
    PromisePrototypeThen(promise, nothing, nothing);  // handled by whoever yields it, if not before it fails
    return promise;
  },
};
const ioSync = {
  __proto__: null,
  sync: true,
  piece: kMost,
  call(method, params, context) {
    try {
      return { __proto__: null, value: rpc.callSync(method, params, context), error: undefined };
    } catch (error) {
      return { __proto__: null, value: undefined, error };
    }
  },
};
async function drive(generator) {
  let step = GeneratorPrototypeNext(generator);
  while (!step.done) {
    let value;
    let failed = false;
    try {
      value = await step.value;
    } catch (error) {
      failed = true;
      value = error;
    }
    step = failed ? GeneratorPrototypeThrow(generator, recapture(value)) : GeneratorPrototypeNext(generator, value);
  }
  return step.value;
}
function driveSync(generator) {
  let step = GeneratorPrototypeNext(generator);
  while (!step.done) {
    const { value, error } = step.value;
    step = error !== undefined ? GeneratorPrototypeThrow(generator, error) : GeneratorPrototypeNext(generator, value);
  }
  return step.value;
}

function rethrow(error) { throw recapture(error); }

// A call of an async method: if it fails, the stack shows who awaits the method.
function ask(method, params, context) {
  return PromisePrototypeThen(rpc.call(method, params, context), undefined, rethrow);
}

function runSync(plan) {
  if (plan.flow !== undefined) return driveSync(plan.flow(ioSync));
  const result = rpc.callSync(plan.method, plan.params, plan.context);
  return plan.convert === undefined ? undefined : plan.convert(result);
}
function runPromise(plan) {
  if (plan.flow !== undefined) return drive(plan.flow(io));
  return PromisePrototypeThen(rpc.call(plan.method, plan.params, plan.context), plan.convert ?? nothing, rethrow);
}
function settle(promise, callback) {
  // Called from the queue of ticks: what it throws is uncaught, not a rejection.
  PromisePrototypeThen(promise,
                       (value) => (value === undefined ? nextTick(callback, null) : nextTick(callback, null, value)),
                       (error) => nextTick(callback, error));
}

// --- Arguments ---

function pathText(value, name = 'path') {
  if (typeof value !== 'string') {
    const bytes = TypedArrayPrototypeGetSymbolToStringTag(value) === 'Uint8Array' ? value : undefined;
    const path = bytes === undefined ? pathOfUrl(value) : decodeBytes(bytes, 'utf8');
    if (path === undefined) throw invalidArgType(name, ['string', 'Buffer', 'URL'], value);
    value = path;
  }
  if (StringPrototypeIncludes(value, '\u0000')) {
    throw invalidArgValue(name, value, 'must be a string, Uint8Array, or URL without null bytes');
  }
  return value;
}
// A path is refused beyond 4,096 bytes: of a longer one no more is sent than is too long.
function at(view, text) {
  return { __proto__: null, base: view, text: text.length > 8192 ? StringPrototypeSlice(text, 0, 8192) : text };
}
function on(token) { return { __proto__: null, token }; }
function where(syscall, path, dest) { return { __proto__: null, syscall, path, dest }; }

const noOptions = ObjectFreeze({ __proto__: null });
function optionsOf(options) {
  if (options === undefined || options === null || typeof options === 'function') return noOptions;
  if (typeof options === 'string') return { __proto__: null, encoding: options };
  if (typeof options !== 'object') throw invalidArgType('options', ['string', 'Object'], options);
  return options;
}
// null: bytes.
function encodingOf(options, otherwise = null) {
  const { encoding } = options;
  if (encoding === undefined || encoding === null) return otherwise;
  if (encoding === 'buffer') return null;
  const known = normalizeEncoding(encoding);
  if (known === undefined) throw invalidArgValue('encoding', encoding, 'is invalid encoding');
  return known;
}
function textEncodingOf(options) { return encodingOf(options, 'utf8') ?? 'utf8'; }  // of text to be written
function decodeName(text, encoding) { return encoding === 'utf8' ? text : nameIn(encodeText(text, 'utf8'), encoding); }
function nameIn(bytes, encoding) { return encoding === null ? bytes : decodeBytes(bytes, encoding); }

function modeOf(value, otherwise, name = 'mode') {
  if (value === undefined || value === null) return otherwise;
  if (typeof value === 'string') {
    if (RegExpPrototypeExec(/^[0-7]+$/, value) === null) {
      throw invalidArgValue(name, value, 'must be a 32-bit unsigned integer or an octal string');
    }
    value = NumberParseInt(value, 8);
  }
  validate.integer(value, name, 0, 2 ** 32 - 1);
  return value & 0o7777;
}

const kOpen = { __proto__: null };  // flags → how to open
function openAs(method, readable, writable, append, exclusive, makes, names) {
  const way = ObjectFreeze({ __proto__: null, method, readable, writable, append, exclusive, makes });
  for (let i = 0; i < names.length; i++) kOpen[names[i]] = way;
  return way;
}
openAs('openRead', true, false, false, false, false, ['r', 'rs', 'sr']);
openAs('openReadWrite', true, true, false, false, false, ['r+', 'rs+', 'sr+']);
openAs('openWrite', false, true, false, false, true, ['w']);
openAs('openWrite', false, true, false, true, true, ['wx', 'xw']);
openAs('openWriteRead', true, true, false, false, true, ['w+']);
openAs('openWriteRead', true, true, false, true, true, ['wx+', 'xw+']);
openAs('openAppend', false, true, true, false, true, ['a', 'as', 'sa']);
openAs('openAppend', false, true, true, true, true, ['ax', 'xa']);
openAs('openAppendRead', true, true, true, false, true, ['a+', 'as+', 'sa+']);
openAs('openAppendRead', true, true, true, true, true, ['ax+', 'xa+']);
function flagsOf(flags, otherwise) {
  if (flags === undefined || flags === null) return kOpen[otherwise];
  if (typeof flags === 'string') {
    const way = kOpen[flags];
    if (way !== undefined) return way;
  } else if (typeof flags === 'number') {
    validate.integer(flags, 'flags', -(2 ** 31), 2 ** 31 - 1);
    const { O_APPEND, O_CREAT, O_DSYNC, O_EXCL, O_NOATIME, O_SYNC, O_TRUNC } = constants;
    const access = flags & 3;
    const rest = flags & ~(3 | O_DSYNC | O_SYNC | O_NOATIME);
    const x = (rest & O_EXCL) !== 0 ? 'x' : '';
    const made = rest & ~O_EXCL;
    if (rest === 0 && access !== 1) return kOpen[access === 0 ? 'r' : 'r+'];
    if (made === (O_CREAT | O_TRUNC) && access !== 0) return kOpen['w' + x + (access === 2 ? '+' : '')];
    if (made === (O_CREAT | O_APPEND) && access !== 0) return kOpen['a' + x + (access === 2 ? '+' : '')];
  } else {
    throw invalidArgType('flags', ['string', 'number'], flags);
  }
  throw invalidArgValue('flags', flags);
}

function abortError(signal) {
  const error = new Error('The operation was aborted', { __proto__: null, cause: signal.reason });
  ObjectDefineProperty(error, 'name', { __proto__: null, value: 'AbortError', writable: true, configurable: true });
  setOwn(error, 'code', 'ABORT_ERR');
  return error;
}
function signalOf(options) {
  const { signal } = options;
  if (signal === undefined) return undefined;
  if (signal === null || typeof signal !== 'object' || !('aborted' in signal)) {
    throw invalidArgType('options.signal', 'AbortSignal', signal);
  }
  return signal;
}
function checkSignal(signal) {
  if (signal !== undefined && signal.aborted) throw abortError(signal);
}

// What writeFile and its like take: bytes that are not yet those of the job any more once the call was made.
function dataOf(data, encoding) {
  if (typeof data === 'string') return encodeText(data, encoding);
  return data === null || typeof data !== 'object' ? undefined : bytesOf(data);
}
function requireData(data, encoding) {
  const bytes = dataOf(data, encoding);
  if (bytes === undefined) throw invalidArgType('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
  return bytes;
}
