'use strict';
// Errors a job sees: refusals of the door, failures with Node's codes, and Node's complaints about arguments.
// Gives internals.makeError, shared.errors, shared.validate, shared.DOMException and shared.PermissionDenied.

const {
  ArrayIsArray, ArrayPrototypeJoin, ArrayPrototypePush, ArrayPrototypeSplice, Error, ErrorCaptureStackTrace,
  ErrorPrototype, JSONStringify, NumberIsInteger, NumberMAX_SAFE_INTEGER, NumberMIN_SAFE_INTEGER,
  ObjectDefineProperties, ObjectDefineProperty, ObjectFreeze, ObjectSetPrototypeOf, RangeError, RegExpPrototypeExec,
  SafeMap, String, StringPrototypeIncludes, StringPrototypeSlice, StringPrototypeToLowerCase, SymbolToStringTag,
  TypeError,
} = primordials;
const { shared } = internals;

// What a job comes to through instances only, added by whoever makes them: js/freeze.js freezes it, and all it leads to.
shared.roots = [];

// Node's code → [errno, text].
const systemErrors = ObjectFreeze({
  __proto__: null,
  E2BIG: [-7, 'argument list too long'],
  EACCES: [-13, 'permission denied'],
  EADDRINUSE: [-98, 'address already in use'],
  EADDRNOTAVAIL: [-99, 'address not available'],
  EAFNOSUPPORT: [-97, 'address family not supported'],
  EAGAIN: [-11, 'resource temporarily unavailable'],
  EALREADY: [-114, 'connection already in progress'],
  EBADF: [-9, 'bad file descriptor'],
  EBUSY: [-16, 'resource busy or locked'],
  ECANCELED: [-125, 'operation canceled'],
  ECONNABORTED: [-103, 'software caused connection abort'],
  ECONNREFUSED: [-111, 'connection refused'],
  ECONNRESET: [-104, 'connection reset by peer'],
  EDESTADDRREQ: [-89, 'destination address required'],
  EEXIST: [-17, 'file already exists'],
  EFAULT: [-14, 'bad address in system call argument'],
  EFBIG: [-27, 'file too large'],
  EHOSTUNREACH: [-113, 'host is unreachable'],
  EINTR: [-4, 'interrupted system call'],
  EINVAL: [-22, 'invalid argument'],
  EIO: [-5, 'i/o error'],
  EISCONN: [-106, 'socket is already connected'],
  EISDIR: [-21, 'illegal operation on a directory'],
  ELOOP: [-40, 'too many symbolic links encountered'],
  EMFILE: [-24, 'too many open files'],
  EMSGSIZE: [-90, 'message too long'],
  ENAMETOOLONG: [-36, 'name too long'],
  ENETDOWN: [-100, 'network is down'],
  ENETUNREACH: [-101, 'network is unreachable'],
  ENFILE: [-23, 'file table overflow'],
  ENOBUFS: [-105, 'no buffer space available'],
  ENODEV: [-19, 'no such device'],
  ENOENT: [-2, 'no such file or directory'],
  ENOMEM: [-12, 'not enough memory'],
  ENONET: [-64, 'machine is not on the network'],
  ENOPROTOOPT: [-92, 'protocol not available'],
  ENOSPC: [-28, 'no space left on device'],
  ENOSYS: [-38, 'function not implemented'],
  ENOTCONN: [-107, 'socket is not connected'],
  ENOTDIR: [-20, 'not a directory'],
  ENOTEMPTY: [-39, 'directory not empty'],
  ENOTSOCK: [-88, 'socket operation on non-socket'],
  ENOTSUP: [-95, 'operation not supported on socket'],
  EOVERFLOW: [-75, 'value too large for defined data type'],
  EPERM: [-1, 'operation not permitted'],
  EPIPE: [-32, 'broken pipe'],
  EPROTO: [-71, 'protocol error'],
  EPROTONOSUPPORT: [-93, 'protocol not supported'],
  EPROTOTYPE: [-91, 'protocol wrong type for socket'],
  ERANGE: [-34, 'result too large'],
  EROFS: [-30, 'read-only file system'],
  ESHUTDOWN: [-108, 'cannot send after transport endpoint shutdown'],
  ESPIPE: [-29, 'invalid seek'],
  ESRCH: [-3, 'no such process'],
  ETIMEDOUT: [-110, 'connection timed out'],
  ETXTBSY: [-26, 'text file is busy'],
  EXDEV: [-18, 'cross-device link not permitted'],
  ENXIO: [-6, 'no such device or address'],
  EMLINK: [-31, 'too many links'],
  EHOSTDOWN: [-112, 'host is down'],
  EREMOTEIO: [-121, 'remote I/O error'],
  ENOTTY: [-25, 'inappropriate ioctl for device'],
  EILSEQ: [-84, 'illegal byte sequence'],
  ESOCKTNOSUPPORT: [-94, 'socket type not supported'],
  ENODATA: [-61, 'no data available'],
  EUNATCH: [-49, 'protocol driver not attached'],
});

function hide(target, name, value) {
  ObjectDefineProperty(target, name, { __proto__: null, value, writable: true, configurable: true, enumerable: false });
}

// Defined, not assigned: a setter that a job put on a prototype sees nothing.
function putOwn(target, name, value) {
  ObjectDefineProperty(target, name, { __proto__: null, value, writable: true, configurable: true, enumerable: true });
}

class PermissionDenied extends Error {
  code = 'EACCES';
  capability;
  right;
  resource;
  constructor(message, capability, right, resource, reason) {
    super(message);
    this.capability = capability;
    this.right = right;
    this.resource = resource;
    if (reason) putOwn(this, 'reason', reason);
  }
}
hide(PermissionDenied.prototype, 'name', 'PermissionDenied');
ArrayPrototypePush(shared.roots, PermissionDenied);

function refusal(wire) {
  const verdict = wire.reason ? ' is refused' : ' is not granted';
  let message = wire.capability + (wire.right === '' ? '' : ' ' + wire.right) + verdict;
  if (wire.resource !== '') message += ' for ' + JSONStringify(wire.resource);
  if (wire.message !== '') {
    message += ': ' + wire.message;
  } else if (wire.right !== '') {
    message += ` (the policy would have to grant this module rights = ["${wire.right}"] there)`;
  }
  return new PermissionDenied(message, wire.capability, wire.right, wire.resource, wire.reason);
}

// A failure of `context.syscall` ({ syscall, path, dest }, all optional) with a code that Node knows.
function systemError(code, context, message) {
  const known = systemErrors[code];
  let text = code + ': ' + (message || (known === undefined ? 'unknown error' : known[1]));
  if (context?.syscall !== undefined) text += ', ' + context.syscall;
  if (context?.path !== undefined) text += ` '${context.path}'`;
  if (context?.dest !== undefined) text += ` -> '${context.dest}'`;
  const error = new Error(text);
  if (known !== undefined) putOwn(error, 'errno', known[0]);
  putOwn(error, 'code', code);
  if (context?.syscall !== undefined) putOwn(error, 'syscall', context.syscall);
  if (context?.path !== undefined) putOwn(error, 'path', context.path);
  if (context?.dest !== undefined) putOwn(error, 'dest', context.dest);
  return error;
}

// `error` as Node makes them: its code in the first line of the stack and as an own property.
function withCode(error, code) {
  const { name } = error;
  hide(error, 'name', `${name} [${code}]`);
  ErrorCaptureStackTrace(error);
  error.stack;  // formatted now, with the code in its name
  delete error.name;
  if (error.name !== name) hide(error, 'name', name);
  hide(error, 'toString', function toString() { return `${this.name} [${code}]: ${this.message}`; });
  putOwn(error, 'code', code);
  return error;
}

// wire = { code, capability, right, resource, message, reason }.
internals.makeError = function makeError(wire, context) {
  if (wire.capability !== '') return refusal(wire);
  if (wire.code === 'EISDIR' && context?.readsAfterOpen) {
    return systemError('EISDIR', { __proto__: null, syscall: 'read' });
  }
  if (wire.code === 'ERR_FS_EISDIR') {
    const error = new Error(`Path is a directory: rm returned EISDIR (is a directory) ${context.path}`);
    hide(error, 'name', 'SystemError');
    return withCode(error, wire.code);
  }
  if (systemErrors[wire.code] === undefined && StringPrototypeSlice(wire.code, 0, 4) === 'ERR_') {
    const aboutType = RegExpPrototypeExec(/^ERR_(INVALID|UNKNOWN_FILE|IMPORT_ATTRIBUTE)/, wire.code) !== null;
    const base = aboutType ? TypeError : Error;
    // What it is about, and what is wrong with it.
    const about = wire.resource === '' ? '' : wire.resource + ': ';
    return withCode(new base(about + (wire.message || wire.code)), wire.code);
  }
  return systemError(wire.code, context, wire.message);
};

// The call that threw is a frame or two up: `error` points at whoever awaits the promise that is being settled, or at
// the caller.
function recapture(error) {
  ErrorCaptureStackTrace(error, recapture);
  return error;
}

function describeReceived(value) {
  if (value == null) return ' Received ' + value;
  if (typeof value === 'function') return ` Received function ${value.name}`;
  if (typeof value === 'object') {
    let name;
    try {
      name = value.constructor?.name;
    } catch {
      name = '';
    }
    if (name) return ` Received an instance of ${name}`;
    return ' Received ' + shared.inspect(value, { __proto__: null, depth: -1 });
  }
  let text;
  if (typeof value === 'string') {
    if (value.length > 28) value = StringPrototypeSlice(value, 0, 25) + '...';
    text = StringPrototypeIncludes(value, "'") ? JSONStringify(value) : `'${value}'`;
  } else {
    text = shared.inspect(value);
  }
  return ` Received type ${typeof value} (${text})`;
}

function listOf(words, separator) {
  if (words.length === 1) return words[0];
  if (words.length === 2) return `${words[0]} ${separator} ${words[1]}`;
  let text = '';
  for (let i = 0; i < words.length - 1; i++) text += words[i] + ', ';
  return text + separator + ' ' + words[words.length - 1];
}

const primitiveNames = {
  __proto__: null, string: true, function: true, number: true, object: true, Function: true, Object: true,
  boolean: true, bigint: true, symbol: true,
};

function invalidArgType(name, expected, actual) {
  if (!ArrayIsArray(expected)) expected = [expected];
  const types = [];
  const instances = [];
  const other = [];
  for (let i = 0; i < expected.length; i++) {
    const one = expected[i];
    if (primitiveNames[one]) {
      ArrayPrototypePush(types, StringPrototypeToLowerCase(one));
    } else if (RegExpPrototypeExec(/^([A-Z][a-z0-9]*)+$/, one) !== null) {
      ArrayPrototypePush(instances, one);
    } else {
      ArrayPrototypePush(other, one);
    }
  }
  // Beside classes, "object" is named as one.
  for (let i = 0; instances.length > 0 && i < types.length; i++) {
    if (types[i] === 'object') {
      ArrayPrototypeSplice(types, i, 1);
      ArrayPrototypePush(instances, 'Object');
      break;
    }
  }
  let text = 'The ';
  if (RegExpPrototypeExec(/ argument$/, name) !== null) text += name + ' ';
  else text += `"${name}" ${StringPrototypeIncludes(name, '.') ? 'property' : 'argument'} `;
  text += 'must be ';
  if (types.length > 0) {
    text += (types.length > 1 ? 'one of type ' : 'of type ') + listOf(types, 'or');
    if (instances.length > 0 || other.length > 0) text += ' or ';
  }
  if (instances.length > 0) {
    text += 'an instance of ' + listOf(instances, 'or');
    if (other.length > 0) text += ' or ';
  }
  if (other.length > 1) {
    text += 'one of ' + listOf(other, 'or');
  } else if (other.length === 1) {
    if (StringPrototypeToLowerCase(other[0]) !== other[0]) text += 'an ';
    text += other[0];
  }
  return withCode(new TypeError(text + '.' + describeReceived(actual)), 'ERR_INVALID_ARG_TYPE');
}

function invalidArgValue(name, value, reason = 'is invalid') {
  let text = shared.inspect(value);
  if (text.length > 128) text = StringPrototypeSlice(text, 0, 128) + '...';
  const kind = StringPrototypeIncludes(name, '.') ? 'property' : 'argument';
  return withCode(new TypeError(`The ${kind} '${name}' ${reason}. Received ${text}`), 'ERR_INVALID_ARG_VALUE');
}

function withSeparators(digits) {
  let text = '';
  let end = digits.length;
  const start = digits[0] === '-' ? 1 : 0;
  for (; end >= start + 4; end -= 3) text = '_' + StringPrototypeSlice(digits, end - 3, end) + text;
  return StringPrototypeSlice(digits, 0, end) + text;
}

function outOfRange(name, range, value) {
  let received;
  if (NumberIsInteger(value) && (value > 2 ** 32 || value < -(2 ** 32))) {
    received = withSeparators(String(value));
  } else if (typeof value === 'bigint') {
    received = String(value);
    if (value > 2n ** 32n || value < -(2n ** 32n)) received = withSeparators(received);
    received += 'n';
  } else {
    received = shared.inspect(value);
  }
  return withCode(new RangeError(`The value of "${name}" is out of range. It must be ${range}. Received ${received}`),
                  'ERR_OUT_OF_RANGE');
}

function typeErrorWithCode(code, message) { return withCode(new TypeError(message), code); }
function rangeErrorWithCode(code, message) { return withCode(new RangeError(message), code); }
function errorWithCode(code, message) { return withCode(new Error(message), code); }

// DOMException. The object is a real Error, as in Node: it has a stack and is shown as an error.
const domNames = [
  '', 'IndexSizeError', '', 'HierarchyRequestError', 'WrongDocumentError', 'InvalidCharacterError', '',
  'NoModificationAllowedError', 'NotFoundError', 'NotSupportedError', 'InUseAttributeError', 'InvalidStateError',
  'SyntaxError', 'InvalidModificationError', 'NamespaceError', 'InvalidAccessError', '', 'TypeMismatchError',
  'SecurityError', 'NetworkError', 'AbortError', 'URLMismatchError', 'QuotaExceededError', 'TimeoutError',
  'InvalidNodeTypeError', 'DataCloneError',
];
const domConstants = [
  '', 'INDEX_SIZE_ERR', 'DOMSTRING_SIZE_ERR', 'HIERARCHY_REQUEST_ERR', 'WRONG_DOCUMENT_ERR', 'INVALID_CHARACTER_ERR',
  'NO_DATA_ALLOWED_ERR', 'NO_MODIFICATION_ALLOWED_ERR', 'NOT_FOUND_ERR', 'NOT_SUPPORTED_ERR', 'INUSE_ATTRIBUTE_ERR',
  'INVALID_STATE_ERR', 'SYNTAX_ERR', 'INVALID_MODIFICATION_ERR', 'NAMESPACE_ERR', 'INVALID_ACCESS_ERR',
  'VALIDATION_ERR', 'TYPE_MISMATCH_ERR', 'SECURITY_ERR', 'NETWORK_ERR', 'ABORT_ERR', 'URL_MISMATCH_ERR',
  'QUOTA_EXCEEDED_ERR', 'TIMEOUT_ERR', 'INVALID_NODE_TYPE_ERR', 'DATA_CLONE_ERR',
];
const codeOfName = new SafeMap();
for (let i = 1; i < domNames.length; i++) if (domNames[i] !== '') codeOfName.set(domNames[i], i);

class ErrorObject {
  constructor(prototype) {
    const error = new Error();
    ObjectSetPrototypeOf(error, prototype);
    return error;
  }
}

class DOMException extends ErrorObject {
  #message;
  #name;
  constructor(message = '', options = 'Error') {
    super(new.target.prototype);
    this.#message = `${message}`;
    if (options !== null && typeof options === 'object') {
      this.#name = options.name === undefined ? 'Error' : `${options.name}`;
      if ('cause' in options) hide(this, 'cause', options.cause);
    } else {
      this.#name = `${options}`;
    }
    ErrorCaptureStackTrace(this, new.target);
  }
  get name() { return this.#name; }
  get message() { return this.#message; }
  get code() { return codeOfName.get(this.#name) ?? 0; }
}
ObjectSetPrototypeOf(DOMException.prototype, ErrorPrototype);
const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(DOMException.prototype, {
  __proto__: null,
  [SymbolToStringTag]: { __proto__: null, value: 'DOMException', configurable: true },
  name: enumerable,
  message: enumerable,
  code: enumerable,
});
for (let i = 1; i < domConstants.length; i++) {
  const constant = { __proto__: null, value: i, enumerable: true };
  ObjectDefineProperty(DOMException, domConstants[i], constant);
  ObjectDefineProperty(DOMException.prototype, domConstants[i], constant);
}

const validate = {
  __proto__: null,
  string(value, name) {
    if (typeof value !== 'string') throw invalidArgType(name, 'string', value);
  },
  boolean(value, name) {
    if (typeof value !== 'boolean') throw invalidArgType(name, 'boolean', value);
  },
  function(value, name) {
    if (typeof value !== 'function') throw invalidArgType(name, 'Function', value);
  },
  object(value, name) {
    if (value === null || ArrayIsArray(value) || typeof value !== 'object') throw invalidArgType(name, 'Object', value);
  },
  integer(value, name, min = NumberMIN_SAFE_INTEGER, max = NumberMAX_SAFE_INTEGER) {
    if (typeof value !== 'number') throw invalidArgType(name, 'number', value);
    if (!NumberIsInteger(value)) throw outOfRange(name, 'an integer', value);
    if (value < min || value > max) throw outOfRange(name, `>= ${min} && <= ${max}`, value);
  },
  oneOf(value, name, allowed) {
    for (let i = 0; i < allowed.length; i++) if (allowed[i] === value) return;
    const shown = [];
    for (let i = 0; i < allowed.length; i++) {
      ArrayPrototypePush(shown, typeof allowed[i] === 'string' ? `'${allowed[i]}'` : String(allowed[i]));
    }
    throw invalidArgValue(name, value, 'must be one of: ' + ArrayPrototypeJoin(shown, ', '));
  },
};

shared.PermissionDenied = PermissionDenied;
shared.DOMException = DOMException;
shared.validate = ObjectFreeze(validate);
shared.errors = ObjectFreeze({
  __proto__: null, errorWithCode, invalidArgType, invalidArgValue, outOfRange, putOwn, rangeErrorWithCode, recapture,
  systemError, typeErrorWithCode,
});
