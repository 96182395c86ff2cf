'use strict';
// Part of the face: the functions of fs, directory capabilities, and what a module is given.

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
function formsOf(name, ofPromise = promiseForms[name], ofSync = syncForms[name]) {
  const plan = plans[name];
  const begin = ofPromise ?? ((view, args) => runPromise(plan(view, args[0], args[1], args[2])));
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
  const sync = ofSync ?? ((view, args) => runSync(plan(view, args[0], args[1], args[2])));
  return { __proto__: null, promise, either, sync: name === 'open' ? undefined : sync };
}
const forms = { __proto__: null };
for (let i = 0; i < names.length; i++) forms[names[i]] = formsOf(names[i]);
plans.readFile = undefined;
// What a module's own functions do beside those of a folder.
const moduleForms = { __proto__: null, ...forms };
moduleForms.readFile = formsOf(
  'readFile',
  (view, args) => (isStandardInput(args[0]) ? readStandardInput(args[1]) : promiseForms.readFile(view, args)),
  (view, args) => (isStandardInput(args[0]) ? readStandardInputSync(args[1]) : syncForms.readFile(view, args)));

// --- Directory capabilities ---

const rightNames = ['read', 'list', 'write', 'append', 'create', 'delete'];
const mostOf = ObjectFreeze({
  __proto__: null, calls: NumberMAX_SAFE_INTEGER, bytes: NumberMAX_SAFE_INTEGER, perSecond: 1_000_000,
});
// What is misspelt would limit nothing, so it is refused; each member is read once.
function limitsOf(limits) {
  validate.object(limits, 'limits');
  const params = { __proto__: null };
  const keys = ReflectOwnKeys(limits);
  let limited = false;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    const most = typeof key === 'string' ? mostOf[key] : undefined;
    if (most === undefined) {
      throw invalidArgValue('limits', limits, `has no member ${String(key)}: calls, bytes and perSecond are known`);
    }
    const value = limits[key];
    if (value === undefined) continue;
    validate.integer(value, `limits.${key}`, 0, most);
    params[key] = value;
    limited = true;
  }
  if (!limited) throw invalidArgValue('limits', limits, 'limits neither calls nor bytes nor perSecond');
  return params;
}
let makeDirectory, viewOf, isDirectory;
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
    isDirectory = (value) => typeof value === 'object' && value !== null && #view in value;
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
  // For so many milliseconds from now on; a point in time is more than the longest.
  until(ms) {
    validate.integer(ms, 'ms', 0, 2 ** 32 - 1);
    const params = { __proto__: null, view: on(this.#view), milliseconds: ms };
    return makeDirectory(rpc.callSync('until', params, where('until')).view);
  }
  budget(limits) {
    const params = limitsOf(limits);
    params.view = on(this.#view);
    return makeDirectory(rpc.callSync('budget', params, where('budget')).view);
  }
  rights() { return rpc.callSync('rights', { __proto__: null, view: on(this.#view) }, where('rights')).rights; }
  revoke() { rpc.callSync('revoke', { __proto__: null, view: on(this.#view) }, where('revoke')); }
  existsSync(path) { return exists(this.#view, path); }
  get promises() { return this.#promises ??= promisesOf(this.#view, forms); }
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

// For the face of isolate: what can be handed to another worker.
shared.directories = ObjectFreeze({ __proto__: null, isDirectory, tokenOf: viewOf, make: makeDirectory });

function openDirectory(view, path) {
  path = pathText(path);
  return makeDirectory(rpc.callSync('dir', { __proto__: null, path: at(view, path) }, where('dir', path)).view);
}

// --- Modules ---

// Objects are filled while they have no prototype, so that no setter a job put there sees what goes in. They are frozen:
// a module may hand its own to others, and goes on using it.
function promisesOf(view, of) {
  const promises = { __proto__: null };
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    const { promise } = of[name];
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
    promises: promisesOf(view, moduleForms),
    constants,
    dir: ObjectFreeze((path) => openDirectory(view, path)),
    Stats,
    Dirent,
  };
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    const { either, sync } = moduleForms[name];
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
