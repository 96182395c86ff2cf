'use strict';
// Part of the face: reading and writing of files, and FileHandle.

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
// 0 and /dev/stdin are the job's own standard input to a module's functions; to those of a folder they are paths.
function isStandardInput(path) { return path === 0 || path === '/dev/stdin'; }
async function readStandardInput(options) {
  const encoding = encodingOf(optionsOf(options));
  return finish(await shared.readInput(), encoding);
}
function readStandardInputSync(options) {
  const encoding = encodingOf(optionsOf(options));
  return finish(shared.readInputSync(), encoding);
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
