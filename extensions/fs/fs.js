'use strict';
// The face of the extension "fs": Node's fs over fs.capnp, and directory capabilities.
//
// Every function exists once, as f(view, args), for a view that is a module's authority or a directory capability. It
// returns a plan: one call, or a flow of several. A plan runs in three ways: waited for (readFileSync), as a promise
// (promises.readFile, and readFile without a callback), or with a callback as the last argument.

const {
  ArrayIsArray, ArrayPrototypePush, AsyncIteratorPrototype, BigInt, Date, DatePrototypeGetTime, Error,
  GeneratorPrototypeNext, GeneratorPrototypeThrow, MathFloor, MathMax, MathMin, MathRound, Number, NumberIsFinite,
  NumberMAX_SAFE_INTEGER, NumberParseInt, ObjectDefineProperty, ObjectFreeze, ObjectPrototype,
  ObjectSetPrototypeOf, Promise,
  PromisePrototypeThen, PromiseReject, ReflectApply, ReflectOwnKeys, RegExpPrototypeExec, SafeWeakMap,
  StringPrototypeEndsWith,
  StringPrototypeIncludes, StringPrototypeLastIndexOf, StringPrototypeSlice, SymbolAsyncDispose, SymbolAsyncIterator,
  SymbolIterator, SymbolToStringTag, TypedArrayPrototypeGetByteLength, TypedArrayPrototypeGetSymbolToStringTag,
  TypedArrayPrototypeSet, TypedArrayPrototypeSubarray, Uint8Array,
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

// --- Stats and Dirent ---

const kTypes = {
  __proto__: null, unknown: 0, file: 1, directory: 2, symlink: 3, fifo: 4, socket: 5, characterDevice: 6,
  blockDevice: 7,
};
class StatsBase {
  isDirectory() { return (Number(this.mode) & constants.S_IFMT) === constants.S_IFDIR; }
  isFile() { return (Number(this.mode) & constants.S_IFMT) === constants.S_IFREG; }
  isBlockDevice() { return (Number(this.mode) & constants.S_IFMT) === constants.S_IFBLK; }
  isCharacterDevice() { return (Number(this.mode) & constants.S_IFMT) === constants.S_IFCHR; }
  isSymbolicLink() { return (Number(this.mode) & constants.S_IFMT) === constants.S_IFLNK; }
  isFIFO() { return (Number(this.mode) & constants.S_IFMT) === constants.S_IFIFO; }
  isSocket() { return (Number(this.mode) & constants.S_IFMT) === constants.S_IFSOCK; }
}
// Fields are declared, so that no setter a job put on Object.prototype sees what goes in.
class Stats extends StatsBase {
  dev; mode; nlink; uid = 0; gid = 0; rdev = 0; blksize; ino; size; blocks; atimeMs; mtimeMs; ctimeMs; birthtimeMs;
  constructor(stat) {
    super();
    this.dev = stat.device;
    this.mode = stat.mode;
    this.nlink = stat.links;
    this.blksize = stat.blockSize;
    this.ino = stat.inode;
    this.size = stat.size;
    this.blocks = stat.blocks;
    this.atimeMs = stat.accessedMs;
    this.mtimeMs = stat.modifiedMs;
    this.ctimeMs = stat.changedMs;
    this.birthtimeMs = stat.bornMs;
  }
}
class BigIntStats extends StatsBase {
  dev; mode; nlink; uid = 0n; gid = 0n; rdev = 0n; blksize; ino; size; blocks; atimeMs; mtimeMs; ctimeMs; birthtimeMs;
  atimeNs; mtimeNs; ctimeNs; birthtimeNs;
  constructor(stat) {
    super();
    this.dev = BigInt(stat.device);
    this.mode = BigInt(stat.mode);
    this.nlink = BigInt(stat.links);
    this.blksize = BigInt(stat.blockSize);
    this.ino = BigInt(stat.inode);
    this.size = BigInt(stat.size);
    this.blocks = BigInt(stat.blocks);
    const ms = [stat.accessedMs, stat.modifiedMs, stat.changedMs, stat.bornMs];
    const names = ['atime', 'mtime', 'ctime', 'birthtime'];
    for (let i = 0; i < 4; i++) this[names[i] + 'Ms'] = BigInt(MathFloor(ms[i]));
    for (let i = 0; i < 4; i++) this[names[i] + 'Ns'] = BigInt(MathRound(ms[i] * 1e6));
  }
}
function setOwn(target, name, value) {
  ObjectDefineProperty(target, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
}
const times = ['atime', 'mtime', 'ctime', 'birthtime'];
for (let i = 0; i < times.length; i++) {
  const name = times[i];
  const date = {
    __proto__: null,
    enumerable: true,
    configurable: true,
    get() {
      const value = new Date(MathRound(Number(this[name + 'Ms'])));
      setOwn(this, name, value);
      return value;
    },
    set(value) { setOwn(this, name, value); },
  };
  ObjectDefineProperty(Stats.prototype, name, date);
  ObjectDefineProperty(BigIntStats.prototype, name, date);
}
function statsOf(options) {
  return optionsOf(options).bigint ? (result) => new BigIntStats(result.stat) : (result) => new Stats(result.stat);
}

class Dirent {
  name;
  parentPath;
  #type;
  constructor(name, type, parentPath) {
    this.name = name;
    this.parentPath = parentPath;
    this.#type = type;
  }
  isDirectory() { return this.#type === kTypes.directory; }
  isFile() { return this.#type === kTypes.file; }
  isBlockDevice() { return this.#type === kTypes.blockDevice; }
  isCharacterDevice() { return this.#type === kTypes.characterDevice; }
  isSymbolicLink() { return this.#type === kTypes.symlink; }
  isFIFO() { return this.#type === kTypes.fifo; }
  isSocket() { return this.#type === kTypes.socket; }
}

// --- Reading files ---

function finish(bytes, encoding) { return encoding === null ? bytes : decodeBytes(bytes, encoding); }

// The rest of a file of which `first` was read: pieces in flight, each written straight to its place.
function* readRest(flowIo, first, size, token, signal) {
  try {
    if (size > kLongestFile) {
      throw rangeErrorWithCode('ERR_FS_FILE_TOO_LARGE', `File size (${size}) is greater than 2 GiB`);
    }
    const whole = new Uint8Array(size);
    TypedArrayPrototypeSet(whole, first);
    let next = TypedArrayPrototypeGetByteLength(first);
    let end = size;  // of what is known to exist
    const waiting = [];
    let oldest = 0;
    const ask = (from, length) => {
      const pending = flowIo.call('read', { __proto__: null, file: on(token), length, position: from },
                                  { __proto__: null, syscall: 'read', into: whole, at: from });
      ArrayPrototypePush(waiting, { __proto__: null, from, length, pending });
    };
    const most = flowIo.sync ? 1 : kInFlight;
    for (;;) {
      checkSignal(signal);
      while (next < end && waiting.length - oldest < most) {
        const length = MathMin(flowIo.piece, end - next);
        ask(next, length);
        next += length;
      }
      if (oldest === waiting.length) break;
      const piece = waiting[oldest];
      waiting[oldest++] = undefined;
      const got = (yield piece.pending).bytes;
      if (got === 0) end = MathMin(end, piece.from);  // it was truncated meanwhile
      else if (got < piece.length && piece.from + got < end) ask(piece.from + got, piece.length - got);
    }
    return end === size ? whole : TypedArrayPrototypeSubarray(whole, 0, end);
  } finally {
    flowIo.call('close', { __proto__: null, handle: on(token) }, quiet);
  }
}

// At most kReadsAtOnce promises of readFile() are at work, so that many at once do not run into the limit of handles.
let readsActive = 0;
const readsWaiting = [];
let readsWaitingFrom = 0;
function readEnded() {
  readsActive--;
  if (readsWaitingFrom === readsWaiting.length) return;
  const start = readsWaiting[readsWaitingFrom];
  readsWaiting[readsWaitingFrom++] = undefined;
  if (readsWaitingFrom === readsWaiting.length) {
    readsWaiting.length = 0;
    readsWaitingFrom = 0;
  }
  start();
}
function readParams(view, path) { return { __proto__: null, path: at(view, path) }; }
function readContext(path) { return { __proto__: null, syscall: 'open', path, readsAfterOpen: true }; }
function readLater(view, path, encoding, signal) {
  return PromisePrototypeThen(new Promise((resolve) => { ArrayPrototypePush(readsWaiting, resolve); }),
                              () => startRead(view, path, encoding, signal));
}
function startRead(view, path, encoding, signal) {
  if (readsActive >= kReadsAtOnce) return readLater(view, path, encoding, signal);
  checkSignal(signal);
  readsActive++;
  return PromisePrototypeThen(rpc.call('readFile', readParams(view, path), readContext(path)), (result) => {
    if (result.rest === null) {
      readEnded();
      if (signal !== undefined) checkSignal(signal);
      return finish(result.bytes, encoding);
    }
    return restOfRead(result, encoding, signal);
  }, (error) => {
    if (error.code === 'EMFILE' && readsActive > 1) {
      readsActive--;  // another will end and free its handle
      return readLater(view, path, encoding, signal);
    }
    readEnded();
    throw recapture(error);
  });
}
async function restOfRead(result, encoding, signal) {
  try {
    return finish(await drive(readRest(io, result.bytes, result.size, result.rest, signal)), encoding);
  } finally {
    readEnded();
  }
}
function promiseReadFile(view, path, options) {
  if (isFileHandle(path)) return path.readFile(options);
  options = optionsOf(options);
  const encoding = encodingOf(options);
  const signal = signalOf(options);
  const { flag } = options;
  if (flag !== undefined && flag !== null) {
    const way = flagsOf(flag, 'r');
    if (way.method !== 'openRead') {
      return drive((function* () {
        const token = (yield openCall(io, view, pathText(path), way, 0o666)).file;
        try {
          if (!way.readable) throw badDescriptor('read');
          return finish(yield* readOpened(io, token, signal), encoding);
        } finally {
          yield io.call('close', { __proto__: null, handle: on(token) }, where('close'));
        }
      })());
    }
  }
  return startRead(view, pathText(path), encoding, signal);
}
function readFileSync(view, path, options) {
  options = optionsOf(options);
  const encoding = encodingOf(options);
  const way = flagsOf(options.flag, 'r');
  path = pathText(path);
  if (way.method !== 'openRead') {
    return driveSync((function* () {
      const token = (yield openCall(ioSync, view, path, way, 0o666)).file;
      try {
        if (!way.readable) throw badDescriptor('read');
        return finish(yield* readOpened(ioSync, token, undefined), encoding);
      } finally {
        yield ioSync.call('close', { __proto__: null, handle: on(token) }, where('close'));
      }
    })());
  }
  const result = rpc.callSync('readFile', readParams(view, path), readContext(path));
  if (result.rest === null) return finish(result.bytes, encoding);
  return finish(driveSync(readRest(ioSync, result.bytes, result.size, result.rest)), encoding);
}

// From an open file's own position to its end.
function* readOpened(flowIo, token, signal) {
  const parts = [];
  let total = 0;
  const waiting = [];
  let oldest = 0;
  let ended = false;
  while (!ended || oldest < waiting.length) {
    checkSignal(signal);
    while (!ended && waiting.length - oldest < (flowIo.sync ? 1 : 2)) {
      const params = { __proto__: null, file: on(token), length: flowIo.piece, position: -1 };
      ArrayPrototypePush(waiting, flowIo.call('read', params, where('read')));
    }
    const { bytes } = yield waiting[oldest];
    waiting[oldest++] = undefined;
    const length = TypedArrayPrototypeGetByteLength(bytes);
    if (length === 0) ended = true;
    total += length;
    if (total > kLongestFile) {
      throw rangeErrorWithCode('ERR_FS_FILE_TOO_LARGE', `File size (${total}) is greater than 2 GiB`);
    }
    ArrayPrototypePush(parts, bytes);
  }
  const whole = new Uint8Array(total);
  let used = 0;
  for (let i = 0; i < parts.length; i++) {
    TypedArrayPrototypeSet(whole, parts[i], used);
    used += TypedArrayPrototypeGetByteLength(parts[i]);
  }
  return whole;
}

// --- Writing files ---

// All of `bytes` to an open file: from `position` on, or at its own position where that is -1.
function* writeAll(flowIo, token, bytes, position, signal) {
  const size = TypedArrayPrototypeGetByteLength(bytes);
  const waiting = [];
  let oldest = 0;
  let next = 0;
  const most = flowIo.sync ? 1 : kInFlight;
  while (next < size || oldest < waiting.length) {
    checkSignal(signal);
    while (next < size && waiting.length - oldest < most) {
      const end = MathMin(size, next + flowIo.piece);
      const part = TypedArrayPrototypeSubarray(bytes, next, end);
      ArrayPrototypePush(waiting, flowIo.call('write', {
        __proto__: null, file: on(token), bytes: part, position: position < 0 ? -1 : position + next,
      }, where('write')));
      next = end;
    }
    yield waiting[oldest];
    waiting[oldest++] = undefined;
  }
  return size;
}

function openCall(flowIo, view, path, way, mode) {
  const params = { __proto__: null, path: at(view, path) };
  if (way.makes) {
    params.exclusive = way.exclusive;
    params.mode = mode;
  }
  return flowIo.call(way.method, params, where('open', path));
}

function* writeLong(flowIo, view, path, way, mode, bytes, flush, signal) {
  const hidden = way.method === 'openWrite';
  const params = { __proto__: null, path: at(view, path), exclusive: way.exclusive, mode };
  const token = (yield hidden ? flowIo.call('beginWrite', params, where('open', path)) :
    openCall(flowIo, view, path, way, mode)).file;
  let ended = false;
  try {
    if (!way.writable) throw badDescriptor('write');
    yield* writeAll(flowIo, token, bytes, -1, signal);
    if (flush) yield flowIo.call('sync', { __proto__: null, file: on(token) }, where('fsync'));
    ended = true;
    if (hidden) yield flowIo.call('commit', { __proto__: null, file: on(token) }, where('open', path));
    else yield flowIo.call('close', { __proto__: null, handle: on(token) }, where('close'));
  } finally {
    if (!ended) flowIo.call('close', { __proto__: null, handle: on(token) }, quiet);
  }
}

function writePlan(view, path, data, options, otherwise) {
  options = optionsOf(options);
  const { flag, flush = false } = options;
  const encoding = textEncodingOf(options);
  const way = flagsOf(flag, otherwise);
  const mode = modeOf(options.mode, 0o666);
  if (flush !== null) validate.boolean(flush, 'flush');
  const signal = signalOf(options);
  path = pathText(path);
  const bytes = requireData(data, encoding);
  checkSignal(signal);
  if (TypedArrayPrototypeGetByteLength(bytes) <= kMost && !flush) {
    const params = { __proto__: null, path: at(view, path), bytes, mode };
    if (way.method === 'openWrite') {
      params.exclusive = way.exclusive;
      return call('writeFile', params, where('open', path));
    }
    if (way.method === 'openAppend' && !way.exclusive) return call('appendFile', params, where('open', path));
  }
  return several((flowIo) => writeLong(flowIo, view, path, way, mode, bytes, flush, signal));
}

// promises.writeFile also takes what can be iterated.
async function writeChunks(view, path, source, begin, options, otherwise) {
  options = optionsOf(options);
  const { flag, mode, flush } = options;
  const encoding = textEncodingOf(options);
  const signal = signalOf(options);
  checkSignal(signal);
  const handle = isFileHandle(path) ? path : await runPromise(plans.open(view, path, flag ?? otherwise, mode));
  try {
    await writeChunksTo(handle, source, begin, encoding, signal);
    if (flush) await syncHandle(handle);
  } finally {
    if (handle !== path) await closeHandle(handle);
  }
}
async function writeChunksTo(handle, source, begin, encoding, signal) {
  const iterator = ReflectApply(begin, source, []);
  for (let step = await iterator.next(); !step.done; step = await iterator.next()) {
    checkSignal(signal);
    await drive(writeAll(io, tokenToWrite(handle), requireData(await step.value, encoding), -1, signal));
  }
}
// The method that begins to iterate `data`, or undefined where that is bytes, a text or no iterable.
function iterationOf(data) {
  if (data === null || typeof data !== 'object' || bytesOf(data) !== undefined) return undefined;
  const begin = data[SymbolAsyncIterator] ?? data[SymbolIterator];
  return typeof begin === 'function' ? begin : undefined;
}

// --- FileHandle ---

function badDescriptor(syscall) { return systemError('EBADF', where(syscall)); }

let tokenOf, tokenToRead, tokenToWrite, closeHandle, isFileHandle, makeFileHandle;
function syncHandle(handle) {
  return ask('sync', { __proto__: null, file: on(tokenOf(handle, 'fsync')) }, where('fsync'));
}
const kMake = { __proto__: null };
class FileHandle {
  #token;
  #readable;
  #writable;
  #closing = null;

  constructor(key, token, way) {
    if (key !== kMake) throw shared.errors.typeErrorWithCode('ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
    this.#token = token;
    this.#readable = way.readable;
    this.#writable = way.writable;
  }
  static {
    // Frozen: who is handed one cannot put a method of its own in it.
    makeFileHandle = (token, way) => ObjectFreeze(new FileHandle(kMake, token, way));
    isFileHandle = (value) => typeof value === 'object' && value !== null && #token in value;
    tokenOf = (handle, syscall) => {
      if (handle.#closing !== null) {
        const error = new Error('file closed');
        setOwn(error, 'code', 'EBADF');
        setOwn(error, 'syscall', syscall);
        throw error;
      }
      return handle.#token;
    };
    tokenToRead = (handle) => {
      const token = tokenOf(handle, 'read');
      if (!handle.#readable) throw badDescriptor('read');
      return token;
    };
    tokenToWrite = (handle) => {
      const token = tokenOf(handle, 'write');
      if (!handle.#writable) throw badDescriptor('write');
      return token;
    };
    closeHandle = (handle) => {
      handle.#closing ??= PromisePrototypeThen(
          rpc.call('close', { __proto__: null, handle: on(handle.#token) }, where('close')), nothing, rethrow);
      return handle.#closing;
    };
  }

  close() {
    return this.#closing === null ? closeHandle(this) : PromisePrototypeThen(this.#closing, nothing, nothing);
  }
  async [SymbolAsyncDispose]() { await this.close(); }

  async read(buffer, offsetOrOptions, length, position) {
    let offset = offsetOrOptions;
    if (buffer === undefined || buffer === null || (typeof buffer === 'object' && bytesOf(buffer) === undefined)) {
      ({ buffer = new Uint8Array(16384), offset = 0, length, position = null } = buffer ?? noOptions);
    } else if (offset !== null && typeof offset === 'object') {
      ({ offset = 0, length, position = null } = offset);
    }
    const bytes = typeof buffer === 'object' && buffer !== null ? bytesOf(buffer) : undefined;
    if (bytes === undefined) throw invalidArgType('buffer', ['Buffer', 'TypedArray', 'DataView'], buffer);
    const size = TypedArrayPrototypeGetByteLength(bytes);
    offset ??= 0;
    validate.integer(offset, 'offset', 0);
    length ??= size - offset;
    const token = tokenToRead(this);
    if (length === 0) return { bytesRead: 0, buffer };
    if (size === 0) {
      throw invalidArgValue('buffer', buffer, 'is empty and cannot be written');
    }
    checkSpan(offset, length, size);
    position = positionOf(position);
    let total = 0;
    while (total < length) {
      const wanted = MathMin(kMost, length - total);
      const got = (await ask('read', {
        __proto__: null, file: on(token), length: wanted, position: position < 0 ? -1 : position + total,
      }, { __proto__: null, syscall: 'read', into: bytes, at: offset + total })).bytes;
      total += got;
      if (got < wanted) break;
    }
    return { bytesRead: total, buffer };
  }

  async write(buffer, offsetOrOptions, length, position) {
    let bytes;
    let offset = offsetOrOptions;
    if (typeof buffer === 'string') {
      bytes = encodeText(buffer, encodingOf({ __proto__: null, encoding: length }, 'utf8') ?? 'utf8');
      position = offset;
      offset = 0;
      length = TypedArrayPrototypeGetByteLength(bytes);
    } else {
      bytes = buffer !== null && typeof buffer === 'object' ? bytesOf(buffer) : undefined;
      if (bytes === undefined) throw invalidArgType('buffer', ['string', 'Buffer', 'TypedArray', 'DataView'], buffer);
      if (offset !== null && typeof offset === 'object') ({ offset = 0, length, position = null } = offset);
      const size = TypedArrayPrototypeGetByteLength(bytes);
      offset ??= 0;
      validate.integer(offset, 'offset', 0);
      if (typeof length !== 'number') length = size - offset;
      checkSpan(offset, length, size);
    }
    const token = tokenToWrite(this);
    if (length === 0) return { bytesWritten: 0, buffer };
    const written = await drive(writeAll(io, token, TypedArrayPrototypeSubarray(bytes, offset, offset + length),
                                         typeof position === 'number' ? positionOf(position) : -1));
    return { bytesWritten: written, buffer };
  }

  async readFile(options) {
    options = optionsOf(options);
    const encoding = encodingOf(options);
    const signal = signalOf(options);
    return finish(await drive(readOpened(io, tokenToRead(this), signal)), encoding);
  }
  async writeFile(data, options) {
    options = optionsOf(options);
    const { flush } = options;
    const encoding = textEncodingOf(options);
    const signal = signalOf(options);
    checkSignal(signal);
    const begin = iterationOf(data);
    if (begin !== undefined) {
      await writeChunksTo(this, data, begin, encoding, signal);
    } else {
      await drive(writeAll(io, tokenToWrite(this), requireData(data, encoding), -1, signal));
    }
    if (flush) await syncHandle(this);
  }
  appendFile(data, options) { return this.writeFile(data, options); }

  async stat(options) {
    const convert = statsOf(options);
    return convert(await ask('fileStat', { __proto__: null, file: on(tokenOf(this, 'fstat')) }, where('fstat')));
  }
  async truncate(length = 0) {
    length ??= 0;
    validate.integer(length, 'len');
    const file = on(tokenOf(this, 'ftruncate'));
    if (!this.#writable) throw systemError('EINVAL', where('ftruncate'));
    await ask('fileTruncate', { __proto__: null, file, length: MathMax(0, length) }, where('ftruncate'));
  }
  async utimes(accessed, modified) {
    const accessedMs = timeOf(accessed);
    const modifiedMs = timeOf(modified);
    await ask('fileUtimes', { __proto__: null, file: on(tokenOf(this, 'futime')), accessedMs, modifiedMs },
                   where('futime'));
  }
  async sync() { await syncHandle(this); }
  async datasync() {
    await ask('datasync', { __proto__: null, file: on(tokenOf(this, 'fdatasync')) }, where('fdatasync'));
  }
  [SymbolAsyncIterator]() { return new ChunkIterator(this); }
}
ObjectDefineProperty(FileHandle.prototype, SymbolToStringTag,
                     { __proto__: null, value: 'FileHandle', configurable: true });

function checkSpan(offset, length, size) {
  if (offset > size) throw outOfRange('offset', `<= ${size}`, offset);
  validate.integer(length, 'length');
  if (length < 0) throw outOfRange('length', '>= 0', length);
  if (length > size - offset) throw outOfRange('length', `<= ${size - offset}`, length);
}
function positionOf(position) {
  if (position === undefined || position === null) return -1;
  if (typeof position === 'bigint') {
    if (position < -1n || position > BigInt(NumberMAX_SAFE_INTEGER)) {
      throw outOfRange('position', `>= -1 && <= ${NumberMAX_SAFE_INTEGER}`, position);
    }
    return Number(position);
  }
  validate.integer(position, 'position', -1);
  return position;
}

// Chunks of 64 KiB from the file's own position on, one ahead. The handle stays open.
const kChunk = 64 * 1024;
class ChunkIterator {
  #handle;
  #ahead = null;
  #ended = false;
  constructor(handle) { this.#handle = handle; }
  #ask() {
    return io.call('read', { __proto__: null, file: on(tokenToRead(this.#handle)), length: kChunk, position: -1 },
                   where('read'));
  }
  async next() {
    if (this.#ended) return { value: undefined, done: true };
    const pending = this.#ahead ?? this.#ask();
    this.#ahead = null;
    const { bytes } = await pending;
    if (this.#ended || TypedArrayPrototypeGetByteLength(bytes) === 0) {
      this.#ended = true;
      return { value: undefined, done: true };
    }
    return { value: bytes, done: false };
  }
  async return(value) {
    this.#ended = true;
    return { value, done: true };
  }
}
ObjectSetPrototypeOf(ChunkIterator.prototype, AsyncIteratorPrototype);

// --- The functions ---

function timeOf(value) {
  if (typeof value === 'string' && +value == value) return +value * 1000;  // eslint-disable-line eqeqeq
  if (typeof value === 'number' && NumberIsFinite(value)) return value * 1000;
  if (types.isDate(value)) return DatePrototypeGetTime(value);
  throw invalidArgType('time', ['Date', 'Time in seconds'], value);
}

function* listAll(flowIo, view, path, recursive, convert) {
  const params = { __proto__: null, path: at(view, path), recursive };
  const context = where('scandir', path);
  const result = yield flowIo.call('readdir', params, context);
  const { entries } = result;
  if (result.rest !== null) {
    for (;;) {
      const more = yield flowIo.call('readdirMore', { __proto__: null, listing: on(result.rest) }, context);
      for (let i = 0; i < more.entries.length; i++) ArrayPrototypePush(entries, more.entries[i]);
      if (more.done) break;
    }
  }
  return convert(entries);
}

function joined(folder, rest) {
  if (rest === '') return folder;
  if (folder === '') return rest;
  return StringPrototypeEndsWith(folder, '/') ? folder + rest : folder + '/' + rest;
}

// f(view, ...arguments) → plan.
const plans = {
  __proto__: null,
  access(view, path, mode = 0) {
    path = pathText(path);
    if (typeof mode === 'function' || mode === null) mode = 0;
    validate.integer(mode, 'mode', 0, 7);
    return call('access', { __proto__: null, path: at(view, path), mode }, where('access', path));
  },
  appendFile(view, path, data, options) { return writePlan(view, path, data, options, 'a'); },
  copyFile(view, from, to, mode = 0) {
    from = pathText(from, 'src');
    to = pathText(to, 'dest');
    if (typeof mode === 'function' || mode === null) mode = 0;
    validate.integer(mode, 'mode', 0, 7);
    if ((mode & constants.COPYFILE_FICLONE_FORCE) !== 0) throw systemError('ENOTSUP', where('copyfile', from, to));
    return call('copyFile', {
      __proto__: null, from: at(view, from), to: at(view, to), exclusive: (mode & constants.COPYFILE_EXCL) !== 0,
    }, where('copyfile', from, to));
  },
  lstat(view, path, options) {
    path = pathText(path);
    return call('lstat', readParams(view, path), where('lstat', path), statsOf(options));
  },
  mkdir(view, path, options) {
    let mode = options;
    let recursive = false;
    if (options !== null && typeof options === 'object') {
      ({ mode } = options);
      const wanted = options.recursive;
      if (wanted !== undefined) {
        recursive = wanted;
        validate.boolean(recursive, 'options.recursive');
      }
    } else if (typeof options === 'function') {
      mode = undefined;
    }
    path = pathText(path);
    const params = { __proto__: null, path: at(view, path), recursive, mode: modeOf(mode, 0o777) };
    return call('mkdir', params, where('mkdir', path),
                recursive ? (result) => (result.first === '' ? undefined : result.first) : undefined);
  },
  mkdtemp(view, prefix, options) {
    const encoding = encodingOf(optionsOf(options), 'utf8');
    const path = pathText(prefix, 'prefix') + 'XXXXXX';
    return call('mkdtemp', { __proto__: null, path: at(view, path) }, where('mkdtemp', path),
                (result) => decodeName(result.path, encoding));
  },
  open(view, path, flags, mode) {
    path = pathText(path);
    const way = flagsOf(typeof flags === 'function' ? undefined : flags, 'r');
    mode = modeOf(typeof mode === 'function' ? undefined : mode, 0o666);
    const params = { __proto__: null, path: at(view, path) };
    if (way.makes) {
      params.exclusive = way.exclusive;
      params.mode = mode;
    }
    return call(way.method, params, where('open', path), (result) => makeFileHandle(result.file, way));
  },
  readdir(view, path, options) {
    options = optionsOf(options);
    const encoding = encodingOf(options, 'utf8');
    path = pathText(path);
    const { recursive = false, withFileTypes = false } = options;
    if (recursive !== null) validate.boolean(recursive, 'options.recursive');
    const convert = (entries) => {
      for (let i = 0; i < entries.length; i++) {
        const { name, type } = entries[i];
        if (withFileTypes) {
          const cut = StringPrototypeLastIndexOf(name, '/');
          entries[i] = new Dirent(decodeName(StringPrototypeSlice(name, cut + 1), encoding), kTypes[type],
                                  cut < 0 ? path : joined(path, StringPrototypeSlice(name, 0, cut)));
        } else {
          entries[i] = decodeName(name, encoding);
        }
      }
      return entries;
    };
    return several((flowIo) => listAll(flowIo, view, path, !!recursive, convert));
  },
  readlink(view, path, options) {
    const encoding = encodingOf(optionsOf(options), 'utf8');
    path = pathText(path, 'oldPath');
    return call('readlink', readParams(view, path), where('readlink', path),
                (result) => decodeName(result.target, encoding));
  },
  realpath(view, path, options) {
    const encoding = encodingOf(optionsOf(options), 'utf8');
    path = pathText(path);
    return call('realpath', readParams(view, path), where('realpath', path),
                (result) => decodeName(result.path, encoding));
  },
  rename(view, from, to) {
    from = pathText(from, 'oldPath');
    to = pathText(to, 'newPath');
    return call('rename', { __proto__: null, from: at(view, from), to: at(view, to) }, where('rename', from, to));
  },
  rm(view, path, options) {
    options = optionsOf(options);
    const { force = false, maxRetries = 0, recursive = false, retryDelay = 100 } = options;
    path = pathText(path);
    validate.boolean(force, 'options.force');
    validate.boolean(recursive, 'options.recursive');
    validate.integer(retryDelay, 'options.retryDelay', 0, 2 ** 31 - 1);
    validate.integer(maxRetries, 'options.maxRetries', 0, 2 ** 32 - 1);
    return call('rm', { __proto__: null, path: at(view, path), recursive, force }, where('lstat', path));
  },
  rmdir(view, path, options) {
    path = pathText(path);
    options = optionsOf(options);
    const { recursive } = options;
    if (recursive) {
      validate.boolean(recursive, 'options.recursive');
      return call('rm', { __proto__: null, path: at(view, path), recursive: true, force: false }, where('rmdir', path));
    }
    return call('rmdir', { __proto__: null, path: at(view, path) }, where('rmdir', path));
  },
  stat(view, path, options) {
    path = pathText(path);
    return call('stat', readParams(view, path), where('stat', path), statsOf(options));
  },
  truncate(view, path, length) {
    path = pathText(path);
    if (typeof length === 'function') length = 0;
    length ??= 0;
    validate.integer(length, 'len');
    return call('truncate', { __proto__: null, path: at(view, path), length: MathMax(0, length) }, where('open', path));
  },
  unlink(view, path) {
    path = pathText(path);
    return call('unlink', { __proto__: null, path: at(view, path) }, where('unlink', path));
  },
  utimes(view, path, accessed, modified) {
    path = pathText(path);
    const accessedMs = timeOf(accessed);
    const modifiedMs = timeOf(modified);
    return call('utimes', { __proto__: null, path: at(view, path), accessedMs, modifiedMs }, where('utime', path));
  },
  writeFile(view, path, data, options) { return writePlan(view, path, data, options, 'w'); },
};

// Forms that are more than "run the plan". f(view, args) → value or promise.
const promiseForms = {
  __proto__: null,
  readFile: (view, args) => promiseReadFile(view, args[0], args[1]),
  writeFile(view, args) {
    const path = args[0];
    const data = args[1];
    const options = args[2];
    const begin = iterationOf(data);
    if (begin !== undefined) return writeChunks(view, path, data, begin, options, 'w');
    if (isFileHandle(path)) return path.writeFile(data, options);
    return runPromise(writePlan(view, path, data, options, 'w'));
  },
  appendFile(view, args) {
    const path = args[0];
    if (isFileHandle(path)) return path.appendFile(args[1], args[2]);
    return runPromise(writePlan(view, path, args[1], args[2], 'a'));
  },
};
const syncForms = {
  __proto__: null,
  readFile: (view, args) => readFileSync(view, args[0], args[1]),
  stat: (view, args) => statSync(plans.stat, view, args),
  lstat: (view, args) => statSync(plans.lstat, view, args),
};
function statSync(plan, view, args) {
  try {
    return runSync(plan(view, args[0], args[1]));
  } catch (error) {
    if (args[1]?.throwIfNoEntry === false && (error?.code === 'ENOENT' || error?.code === 'ENOTDIR')) return undefined;
    throw error;
  }
}
function exists(view, path) {
  try {
    rpc.callSync('access', { __proto__: null, path: at(view, pathText(path)), mode: 0 }, quiet);
    return true;
  } catch {
    return false;
  }
}

const names = [
  'access', 'appendFile', 'copyFile', 'lstat', 'mkdir', 'mkdtemp', 'open', 'readFile', 'readdir', 'readlink',
  'realpath', 'rename', 'rm', 'rmdir', 'stat', 'truncate', 'unlink', 'utimes', 'writeFile',
];

// The three forms of the function `name`, as f(view, args).
function formsOf(name) {
  const plan = plans[name];
  const begin = promiseForms[name] ?? ((view, args) => runPromise(plan(view, args[0], args[1], args[2])));
  const promise = (view, args) => {
    try {
      return begin(view, args);
    } catch (error) {
      return PromiseReject(error);
    }
  };
  const either = (view, args) => {
    const last = args.length - 1;
    if (last < 1 || typeof args[last] !== 'function') return promise(view, args);
    const callback = args[last];
    args[last] = undefined;
    settle(begin(view, args), callback);
    return undefined;
  };
  const sync = syncForms[name] ?? ((view, args) => runSync(plan(view, args[0], args[1], args[2])));
  return { __proto__: null, promise, either, sync: name === 'open' ? undefined : sync };
}
const forms = { __proto__: null };
for (let i = 0; i < names.length; i++) forms[names[i]] = formsOf(names[i]);
plans.readFile = undefined;


// --- Directory capabilities ---

const rightNames = ['read', 'list', 'write', 'append', 'create', 'delete'];
let makeDirectory, viewOf;
class Directory {
  #view;
  #promises = null;
  constructor(key, view) {
    if (key !== kMake) throw shared.errors.typeErrorWithCode('ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
    this.#view = view;
  }
  static {
    makeDirectory = (view) => ObjectFreeze(new Directory(kMake, view));
    viewOf = (directory) => directory.#view;
  }
  dir(path) { return openDirectory(this.#view, path); }
  subdir(path) { return openDirectory(this.#view, path); }
  readOnly() {
    return makeDirectory(rpc.callSync('readOnly', { __proto__: null, view: on(this.#view) }, where('readOnly')).view);
  }
  only(...rights) {
    if (rights.length === 1 && ArrayIsArray(rights[0])) rights = rights[0];
    const wanted = [];
    for (let i = 0; i < rights.length; i++) {
      const right = rights[i];
      validate.oneOf(right, 'right', rightNames);
      ArrayPrototypePush(wanted, right);
    }
    const params = { __proto__: null, view: on(this.#view), rights: wanted };
    return makeDirectory(rpc.callSync('only', params, where('only')).view);
  }
  rights() { return rpc.callSync('rights', { __proto__: null, view: on(this.#view) }, where('rights')).rights; }
  revoke() { rpc.callSync('revoke', { __proto__: null, view: on(this.#view) }, where('revoke')); }
  existsSync(path) { return exists(this.#view, path); }
  get promises() { return this.#promises ??= promisesOf(this.#view); }
}
for (let i = 0; i < names.length; i++) {
  const { either, sync } = forms[names[i]];
  setOwn(Directory.prototype, names[i], { method(...args) { return either(viewOf(this), args); } }.method);
  if (sync !== undefined) {
    setOwn(Directory.prototype, names[i] + 'Sync', { method(...args) { return sync(viewOf(this), args); } }.method);
  }
}
const methodNames = ReflectOwnKeys(Directory.prototype);
for (let i = 0; i < methodNames.length; i++) {
  const key = methodNames[i];
  if (key === 'constructor' || key === 'promises') continue;
  ObjectDefineProperty(Directory.prototype[key], 'name', { __proto__: null, value: key, configurable: true });
  ObjectDefineProperty(Directory.prototype, key, { __proto__: null, enumerable: false });
}
ObjectDefineProperty(Directory.prototype, SymbolToStringTag,
                     { __proto__: null, value: 'Directory', configurable: true });

function openDirectory(view, path) {
  path = pathText(path);
  return makeDirectory(rpc.callSync('dir', { __proto__: null, path: at(view, path) }, where('dir', path)).view);
}

// --- Modules ---

// Objects are filled while they have no prototype, so that no setter a job put there sees what goes in. They are frozen:
// a module may hand its own to others, and goes on using it.
function promisesOf(view) {
  const promises = { __proto__: null };
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    const { promise } = forms[name];
    promises[name] = ObjectFreeze({ __proto__: null, [name]: (...args) => promise(view, args) }[name]);
  }
  promises.constants = constants;
  return ObjectFreeze(ObjectSetPrototypeOf(promises, ObjectPrototype));
}
function isPromises(specifier) { return StringPrototypeEndsWith(specifier, '/promises'); }

const promiseExports = ['default'];
const fsExports = ['default'];
for (let i = 0; i < names.length; i++) {
  ArrayPrototypePush(promiseExports, names[i]);
  ArrayPrototypePush(fsExports, names[i]);
  if (forms[names[i]].sync !== undefined) ArrayPrototypePush(fsExports, names[i] + 'Sync');
}
ArrayPrototypePush(promiseExports, 'constants');
const fsOthers = ['existsSync', 'promises', 'constants', 'dir', 'Stats', 'Dirent'];
for (let i = 0; i < fsOthers.length; i++) ArrayPrototypePush(fsExports, fsOthers[i]);

function fsOf(view) {
  const fs = {
    __proto__: null,
    existsSync: ObjectFreeze((path) => exists(view, path)),
    promises: promisesOf(view),
    constants,
    dir: ObjectFreeze((path) => openDirectory(view, path)),
    Stats,
    Dirent,
  };
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    const { either, sync } = forms[name];
    fs[name] = ObjectFreeze({ __proto__: null, [name]: (...args) => either(view, args) }[name]);
    if (sync !== undefined) {
      const nameSync = name + 'Sync';
      fs[nameSync] = ObjectFreeze({ __proto__: null, [nameSync]: (...args) => sync(view, args) }[nameSync]);
    }
  }
  return ObjectFreeze(ObjectSetPrototypeOf(fs, ObjectPrototype));
}

const classes = [FileHandle, ChunkIterator, Directory, Dirent, Stats, BigIntStats];
for (let i = 0; i < classes.length; i++) ArrayPrototypePush(shared.roots, classes[i]);

// What one view has been given: by whichever specifier a module asks, it gets the same functions.
const made = new SafeWeakMap();

return {
  __proto__: null,
  exports: (specifier) => (isPromises(specifier) ? promiseExports : fsExports),
  instantiate(view, specifier) {
    let given = made.get(view);
    if (given === undefined) {
      const fs = fsOf(view);
      given = {
        __proto__: null,
        fsExports: { __proto__: null, ...fs, default: fs },
        promiseExports: { __proto__: null, ...fs.promises, default: fs.promises },
      };
      made.set(view, given);
    }
    return isPromises(specifier) ? given.promiseExports : given.fsExports;
  },
};
