'use strict';
// Event, CustomEvent, EventTarget, AbortController, AbortSignal (dom.spec.whatwg.org). Gives them in `shared`.

const {
  ArrayPrototypePush, ArrayPrototypeSlice, ObjectDefineProperties, ObjectDefineProperty,
  ReflectApply, SafeMap, SafeSet, SymbolIterator, SymbolToStringTag, WeakRef, WeakRefPrototypeDeref,
} = primordials;
const { native, shared } = internals;
const { DOMException, validate } = shared;
const { invalidArgType, typeErrorWithCode } = shared.errors;

const enumerable = { __proto__: null, enumerable: true };
const kInternal = { __proto__: null };
function tag(constructor, name, shown) {
  const properties = { __proto__: null, [SymbolToStringTag]: { __proto__: null, value: name, configurable: true } };
  for (let i = 0; i < shown.length; i++) properties[shown[i]] = enumerable;
  ObjectDefineProperties(constructor.prototype, properties);
}
function needArguments(count, given, text) {
  if (given < count) throw typeErrorWithCode('ERR_MISSING_ARGS', `The ${text} must be specified`);
}

let begin, endOfEvent, isEvent, stopped, markPassive;
class Event {
  #type;
  #bubbles;
  #cancelable;
  #composed;
  #target = null;
  #phase = 0;
  #stop = false;
  #stopNow = false;
  #canceled = false;
  #passive = false;
  #dispatching = false;
  #time = native.now();

  constructor(type, options = undefined) {
    needArguments(1, arguments.length, '"type" argument');
    if (options !== undefined && options !== null) validate.object(options, 'options');
    this.#type = `${type}`;
    this.#bubbles = !!options?.bubbles;
    this.#cancelable = !!options?.cancelable;
    this.#composed = !!options?.composed;
  }
  static {
    begin = (event, target) => {
      if (event.#dispatching) throw new DOMException('The event is already being dispatched', 'InvalidStateError');
      event.#dispatching = true;
      event.#target = target;
      event.#phase = 2;
      return event.#type;
    };
    endOfEvent = (event) => {
      event.#dispatching = false;
      event.#phase = 0;
      event.#stop = false;
      event.#stopNow = false;
      return !event.#canceled;
    };
    isEvent = (value) => typeof value === 'object' && value !== null && #type in value;
    stopped = (event) => event.#stopNow;
    markPassive = (event, passive) => { event.#passive = passive; };
  }

  get type() { return this.#type; }
  get target() { return this.#target; }
  get srcElement() { return this.#target; }
  get currentTarget() { return this.#phase === 0 ? null : this.#target; }
  composedPath() { return this.#phase === 0 ? [] : [this.#target]; }
  get eventPhase() { return this.#phase; }
  get bubbles() { return this.#bubbles; }
  get cancelable() { return this.#cancelable; }
  get composed() { return this.#composed; }
  get defaultPrevented() { return this.#canceled; }
  get returnValue() { return !this.#canceled; }
  get cancelBubble() { return this.#stop; }
  set cancelBubble(value) { if (value) this.#stop = true; }
  get timeStamp() { return this.#time; }
  get isTrusted() { return false; }
  preventDefault() { if (this.#cancelable && !this.#passive) this.#canceled = true; }
  stopPropagation() { this.#stop = true; }
  stopImmediatePropagation() {
    this.#stop = true;
    this.#stopNow = true;
  }
}
tag(Event, 'Event', [
  'type', 'target', 'srcElement', 'currentTarget', 'composedPath', 'eventPhase', 'bubbles', 'cancelable', 'composed',
  'defaultPrevented', 'returnValue', 'cancelBubble', 'timeStamp', 'isTrusted', 'preventDefault', 'stopPropagation',
  'stopImmediatePropagation',
]);
const phases = ['NONE', 'CAPTURING_PHASE', 'AT_TARGET', 'BUBBLING_PHASE'];
for (let i = 0; i < phases.length; i++) {
  const value = { __proto__: null, value: i, enumerable: true };
  ObjectDefineProperty(Event, phases[i], value);
  ObjectDefineProperty(Event.prototype, phases[i], value);
}

class CustomEvent extends Event {
  #detail;
  constructor(type, options = undefined) {
    needArguments(1, arguments.length, '"type" argument');
    super(type, options);
    this.#detail = options?.detail ?? null;
  }
  get detail() { return this.#detail; }
}
tag(CustomEvent, 'CustomEvent', ['detail']);

let dispatch;
class EventTarget {
  #listeners = new SafeMap();  // type → array of { callback, capture, once, passive, removed }

  static {
    dispatch = (target, event) => {
      const list = target.#listeners.get(begin(event, target));
      if (list !== undefined) {
        const now = ArrayPrototypeSlice(list);
        for (let i = 0; i < now.length && !stopped(event); i++) {
          const listener = now[i];
          if (listener.removed) continue;
          if (listener.once) target.#remove(event.type, listener.callback, listener.capture);
          markPassive(event, listener.passive);
          try {
            const { callback } = listener;
            if (typeof callback === 'function') ReflectApply(callback, target, [event]);
            else callback.handleEvent(event);
          } catch (error) {
            // As in Node: uncaught, but the other listeners are still called.
            shared.nextTick(() => { throw error; });
          }
          markPassive(event, false);
        }
      }
      return endOfEvent(event);
    };
  }

  addEventListener(type, callback, options = undefined) {
    needArguments(2, arguments.length, '"type" and "listener" arguments');
    if (callback === null || callback === undefined) return;
    if (typeof callback !== 'function' && typeof callback !== 'object') {
      throw invalidArgType('listener', 'EventListener', callback);
    }
    type = `${type}`;
    const capture = typeof options === 'boolean' ? options : !!options?.capture;
    const once = typeof options === 'object' && !!options?.once;
    const passive = typeof options === 'object' && !!options?.passive;
    const signal = typeof options === 'object' ? options?.signal : undefined;
    if (signal !== undefined) {
      if (!isSignal(signal)) throw invalidArgType('options.signal', 'AbortSignal', signal);
      if (signal.aborted) return;
    }
    let list = this.#listeners.get(type);
    if (list === undefined) {
      list = [];
      this.#listeners.set(type, list);
    }
    for (let i = 0; i < list.length; i++) if (list[i].callback === callback && list[i].capture === capture) return;
    ArrayPrototypePush(list, { __proto__: null, callback, capture, once, passive, removed: false });
    if (signal !== undefined) whenAborted(signal, () => this.#remove(type, callback, capture));
  }
  removeEventListener(type, callback, options = undefined) {
    needArguments(2, arguments.length, '"type" and "listener" arguments');
    this.#remove(`${type}`, callback, typeof options === 'boolean' ? options : !!options?.capture);
  }
  #remove(type, callback, capture) {
    const list = this.#listeners.get(type);
    if (list === undefined) return;
    const kept = [];
    for (let i = 0; i < list.length; i++) {
      if (list[i].callback === callback && list[i].capture === capture) list[i].removed = true;
      else ArrayPrototypePush(kept, list[i]);
    }
    this.#listeners.set(type, kept);
  }
  dispatchEvent(event) {
    needArguments(1, arguments.length, '"event" argument');
    if (!isEvent(event)) throw invalidArgType('event', 'Event', event);
    return dispatch(this, event);
  }
}
tag(EventTarget, 'EventTarget', ['addEventListener', 'removeEventListener', 'dispatchEvent']);

let abort, isSignal, whenAborted, newSignal;
class AbortSignal extends EventTarget {
  #aborted = false;
  #reason = undefined;
  #onabort = null;
  #handler = null;
  #algorithms = [];
  #sources = null;  // of a signal made by any()
  #dependents = null;

  constructor(key = undefined) {
    if (key !== kInternal) throw typeErrorWithCode('ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
    super();
  }
  static {
    newSignal = () => new AbortSignal(kInternal);
    isSignal = (value) => typeof value === 'object' && value !== null && #aborted in value;
    whenAborted = (signal, run) => { ArrayPrototypePush(signal.#algorithms, run); };
    const mark = (signal, reason) => {
      signal.#aborted = true;
      signal.#reason = reason;
    };
    const announce = (signal) => {
      const algorithms = signal.#algorithms;
      signal.#algorithms = [];
      for (let i = 0; i < algorithms.length; i++) algorithms[i]();
      dispatch(signal, new Event('abort'));
    };
    abort = (signal, reason = new DOMException('This operation was aborted', 'AbortError')) => {
      if (signal.#aborted) return;
      mark(signal, reason);
      const followers = [];
      const dependents = signal.#dependents ?? [];
      signal.#dependents = null;
      for (let i = 0; i < dependents.length; i++) {
        const follower = WeakRefPrototypeDeref(dependents[i]);
        if (follower !== undefined && !follower.#aborted) {
          mark(follower, reason);
          ArrayPrototypePush(followers, follower);
        }
      }
      announce(signal);
      for (let i = 0; i < followers.length; i++) announce(followers[i]);
    };
  }

  static abort(reason = new DOMException('This operation was aborted', 'AbortError')) {
    const signal = newSignal();
    signal.#aborted = true;
    signal.#reason = reason;
    return signal;
  }
  static timeout(delay) {
    validate.integer(delay, 'delay', 0);
    const signal = newSignal();
    shared.timers.setTimeout(() => {
      abort(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    }, delay).unref();
    return signal;
  }
  static any(signals) {
    const iterate = signals?.[SymbolIterator];
    if (typeof iterate !== 'function') throw invalidArgType('signals', 'Array', signals);
    const result = newSignal();
    const sources = new SafeSet();
    const list = [];
    for (let walk = ReflectApply(iterate, signals, []), step = walk.next(); !step.done; step = walk.next()) {
      if (!isSignal(step.value)) throw invalidArgType('signals[' + list.length + ']', 'AbortSignal', step.value);
      ArrayPrototypePush(list, step.value);
    }
    for (let i = 0; i < list.length; i++) {
      if (list[i].#aborted) {
        result.#aborted = true;
        result.#reason = list[i].#reason;
        return result;
      }
    }
    // A source that itself depends on others is replaced by those.
    const kept = [];
    for (let i = 0; i < list.length; i++) {
      const roots = list[i].#sources ?? [list[i]];
      for (let k = 0; k < roots.length; k++) {
        if (sources.has(roots[k])) continue;
        sources.add(roots[k]);
        ArrayPrototypePush(kept, roots[k]);
        roots[k].#dependents ??= [];
        ArrayPrototypePush(roots[k].#dependents, new WeakRef(result));
      }
    }
    result.#sources = kept;
    return result;
  }

  get aborted() { return this.#aborted; }
  get reason() { return this.#reason; }
  throwIfAborted() { if (this.#aborted) throw this.#reason; }
  get onabort() { return this.#onabort; }
  set onabort(value) {
    this.#onabort = typeof value === 'function' || typeof value === 'object' ? value : null;
    if (this.#handler === null && this.#onabort !== null) {
      this.#handler = (event) => {
        if (typeof this.#onabort === 'function') ReflectApply(this.#onabort, this, [event]);
      };
      addListener(this, 'abort', this.#handler);
    }
  }
}
const addListener = primordials.uncurryThis(EventTarget.prototype.addEventListener);
tag(AbortSignal, 'AbortSignal', ['aborted', 'reason', 'throwIfAborted', 'onabort']);

class AbortController {
  #signal = newSignal();
  get signal() { return this.#signal; }
  abort(reason = undefined) {
    abort(this.#signal, reason);
  }
}
tag(AbortController, 'AbortController', ['signal', 'abort']);

// Shown as Node shows them.
const inspectCustom = primordials.SymbolFor('nodejs.util.inspect.custom');
function show(constructor, name, fields) {
  ObjectDefineProperty(constructor.prototype, inspectCustom, {
    __proto__: null,
    configurable: true,
    writable: true,
    value(depth, options, inspect) {
      if (typeof depth === 'number' && depth < 0) return `[${name}]`;
      const shown = {};
      for (let i = 0; i < fields.length; i++) shown[fields[i]] = this[fields[i]];
      return `${name} ${inspect(shown, { ...options, depth: options.depth === null ? null : options.depth - 1 })}`;
    },
  });
}
show(Event, 'Event', ['type', 'defaultPrevented', 'cancelable', 'timeStamp']);
show(EventTarget, 'EventTarget', []);
show(AbortSignal, 'AbortSignal', ['aborted']);
show(AbortController, 'AbortController', ['signal']);

shared.Event = Event;
shared.CustomEvent = CustomEvent;
shared.EventTarget = EventTarget;
shared.AbortController = AbortController;
shared.AbortSignal = AbortSignal;
