// The face of the extension "isolate": modules in workers of their own, and what is said between them.

const {
  ArrayPrototypePush, AsyncIteratorPrototype, Number, ObjectDefineProperty, ObjectFreeze, ObjectKeys, ObjectSetPrototypeOf,
  ObjectPrototype, PromisePrototypeThen, PromiseReject, PromiseResolve, RangeError, RegExpPrototypeExec,
  SymbolAsyncIterator, SymbolToStringTag, TypeError,
} = primordials;
const { rpc, shared } = internals;
const { directories, validate } = shared;

const kMake = { __proto__: null };
const on = (token) => ({ __proto__: null, token });
const where = (syscall) => ({ __proto__: null, syscall });
const again = (error) => { throw shared.errors.recapture(error); };

// --- Limits, in the notation of policy files ---

const kNanoseconds = {
  __proto__: null, ns: 1, us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9,
};
const kBytes = { __proto__: null, B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };
const kMost = 2 ** 53;

function amount(text, name, units) {
  if (text === undefined) return 0;
  validate.string(text, name);
  const parts = RegExpPrototypeExec(/^([1-9][0-9]{0,15})([A-Za-z]+)$/, text);
  const unit = parts === null ? undefined : units[parts[2]];
  if (unit === undefined) {
    throw new RangeError(`${name} is a number and one of ${keysText(units)}, as in "${units === kBytes ? '32MiB' : '500ms'}"`);
  }
  const value = Number(parts[1]) * unit;
  return value < kMost ? value : kMost;
}
function keysText(object) {
  const keys = ObjectKeys(object);
  let text = keys[0];
  for (let i = 1; i < keys.length; i++) text += ', ' + keys[i];
  return text;
}

const kLimits = ['wall', 'cpu', 'memory'];
function limitsOf(limits) {
  validate.object(limits, 'options.limits');
  const keys = ObjectKeys(limits);
  for (let i = 0; i < keys.length; i++) validate.oneOf(keys[i], 'a name in options.limits', kLimits);
  const { wall, cpu, memory } = limits;
  return {
    __proto__: null,
    wallNs: amount(wall, 'options.limits.wall', kNanoseconds),
    cpuNs: amount(cpu, 'options.limits.cpu', kNanoseconds),
    memoryBytes: amount(memory, 'options.limits.memory', kBytes),
  };
}

// --- The other side ---

// Capabilities that a message may carry, by their kind.
const kFolder = 0;
const capabilities = {
  __proto__: null,
  kindOf: (value) => (directories.isDirectory(value) ? kFolder : undefined),
  tokenOf: (value) => directories.tokenOf(value),
  make: (kind, token) => (kind === kFolder ? directories.make(token) : undefined),
};

// What is not what encodeMessage() makes was written by a worker that does not run this script.
function noMessage() {
  return shared.errors.systemError('EBADMSG', where('receive'), 'the other side sent bytes that are no message');
}

// One at a time, in the order of the calls: `f` after what was asked for before.
class Turns {
  #last = undefined;
  take(f) {
    const turn = this.#last === undefined ? f() : PromisePrototypeThen(this.#last, f, f);
    this.#last = turn;
    return turn;
  }
}

class MessageIterator {
  #next;
  #done = false;
  constructor(next) { this.#next = next; }
  next() {
    if (this.#done) return PromiseResolve({ value: undefined, done: true });
    return PromisePrototypeThen(this.#next(), (result) => {
      if (result.done) this.#done = true;
      return result;
    });
  }
  return(value) {
    this.#done = true;
    return PromiseResolve({ value, done: true });
  }
}
ObjectSetPrototypeOf(MessageIterator.prototype, AsyncIteratorPrototype);

class Peer {
  #token;
  #sends = new Turns();
  #receipts = new Turns();
  #onBadMessage;
  constructor(key, token, onBadMessage) {
    if (key !== kMake) throw shared.errors.typeErrorWithCode('ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
    this.#token = token;
    this.#onBadMessage = onBadMessage;
  }

  // Written now, so that what is changed afterwards changes nothing.
  send(value) {
    try {
      const { bytes, tokens } = encodeMessage(value, capabilities);
      const list = [];
      for (let i = 0; i < tokens.length; i++) ArrayPrototypePush(list, on(tokens[i]));
      const params = { __proto__: null, peer: on(this.#token), bytes, capabilities: list };
      return PromisePrototypeThen(this.#sends.take(() => rpc.call('send', params, where('send'))), () => undefined, again);
    } catch (error) {
      return PromiseReject(error);
    }
  }

  [SymbolAsyncIterator]() { return new MessageIterator(() => this.#receipts.take(() => this.#receive())); }

  #receive() {
    return PromisePrototypeThen(rpc.call('receive', { __proto__: null, peer: on(this.#token) }, where('receive')), (got) => {
      if (got.ended) return { value: undefined, done: true };
      const message = decodeMessage(got.bytes, got.capabilities, capabilities);
      if (message.ok) return { value: message.value, done: false };
      this.#onBadMessage();
      throw noMessage();
    }, again);
  }
}
ObjectDefineProperty(Peer.prototype, SymbolToStringTag, { __proto__: null, value: 'Peer', configurable: true });

function endOf({ verdict, exitCode, exception, usage }) {
  const end = { __proto__: null, verdict, exitCode };
  if (verdict === 'exception') end.exception = ordinary(exception);
  end.usage = ordinary(usage);
  return ordinary(end);
}
// What was made without a prototype, so that no setter sees what goes in.
const ordinary = (object) => ObjectFreeze(ObjectSetPrototypeOf(object, ObjectPrototype));

class Child extends Peer {
  #token;
  #ended = undefined;
  constructor(key, token) {
    super(key, token, () => this.terminate());
    this.#token = token;
  }
  get ended() {
    return this.#ended ??= PromisePrototypeThen(
        rpc.call('ended', { __proto__: null, peer: on(this.#token) }, where('ended')), (result) => endOf(result.end), again);
  }
  terminate() { rpc.callSync('terminate', { __proto__: null, peer: on(this.#token) }, where('terminate')); }
}
ObjectDefineProperty(Child.prototype, SymbolToStringTag, { __proto__: null, value: 'Child', configurable: true });

const classes = [MessageIterator, Peer, Child];
for (let i = 0; i < classes.length; i++) ArrayPrototypePush(shared.roots, classes[i]);

function spawn(view, specifier, options = {}) {
  validate.string(specifier, 'specifier');
  validate.object(options, 'options');
  const { grants = {}, limits = {} } = options;
  validate.object(grants, 'options.grants');
  const params = limitsOf(limits);
  params.view = on(view);
  params.specifier = specifier;
  params.names = ObjectKeys(grants);
  params.grants = [];
  for (let i = 0; i < params.names.length; i++) {
    const folder = grants[params.names[i]];
    if (!directories.isDirectory(folder)) {
      throw new TypeError(`options.grants.${params.names[i]} is no folder: what can be handed over is made by fs.dir()`);
    }
    ArrayPrototypePush(params.grants, on(directories.tokenOf(folder)));
  }
  return ObjectFreeze(new Child(kMake, rpc.callSync('spawn', params, where('spawn')).child));
}

const exports = ObjectFreeze(['default', 'spawn', 'parent', 'grants']);
return {
  __proto__: null,
  exports: () => exports,
  instantiate(view) {
    const given = rpc.callSync('parent', { __proto__: null, view: on(view) }, where('parent'));
    const parent = given.peer === null ? undefined : ObjectFreeze(new Peer(kMake, given.peer, () => {}));
    const grants = { __proto__: null };
    for (let i = 0; i < given.names.length; i++) grants[given.names[i]] = directories.make(given.grants[i]);
    ObjectFreeze(grants);
    const own = ObjectFreeze((specifier, options) => spawn(view, specifier, options));
    return {
      __proto__: null, spawn: own, parent, grants,
      default: ordinary({ __proto__: null, spawn: own, parent, grants }),
    };
  },
};
