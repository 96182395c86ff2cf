'use strict';
// setTimeout, setInterval, setImmediate and their like, queueMicrotask, and the queue of process.nextTick. Gives
// shared.timers and shared.nextTick.
//
// Timers of one duration stand in one list, which is in order by itself; a heap orders the lists. So a program with a
// million timers of a few durations pays nothing for the heap. Time here is logical: it follows the job's clock, and
// where that stands still (a frozen clock) it moves on to the expiry of each timer that the engine says has passed.

const {
  ArrayPrototypePush, MathMax, MathTrunc, ReflectApply, SafeMap, SymbolDispose, SymbolToPrimitive, Uint32Array,
} = primordials;
const { native, shared } = internals;
const { validate } = shared;

const kLongest = 2 ** 31 - 1;

let passed = 0;  // logical time that is known to have passed, in ms
function logicalNow() {
  const now = native.now();
  if (now > passed) passed = now;
  return passed;
}

class List {
  first = null;
  last = null;
  expiry = 0;
  position = -1;  // in the heap
  constructor(duration) { this.duration = duration; }
}

const listOf = new SafeMap();  // duration → List, while it is in the heap
const heap = [];
let heapSize = 0;

function place(list, position) {
  heap[position] = list;
  list.position = position;
}
function siftUp(list, position) {
  while (position > 0) {
    const above = (position - 1) >> 1;
    if (heap[above].expiry <= list.expiry) break;
    place(heap[above], position);
    position = above;
  }
  place(list, position);
}
function siftDown(list, position) {
  for (;;) {
    let below = 2 * position + 1;
    if (below >= heapSize) break;
    if (below + 1 < heapSize && heap[below + 1].expiry < heap[below].expiry) below++;
    if (heap[below].expiry >= list.expiry) break;
    place(heap[below], position);
    position = below;
  }
  place(list, position);
}
function removeList(list) {
  const { position } = list;
  const moved = heap[--heapSize];
  heap[heapSize] = undefined;
  listOf.delete(list.duration);
  if (moved === list) return;
  if (position > 0 && heap[(position - 1) >> 1].expiry > moved.expiry) siftUp(moved, position);
  else siftDown(moved, position);
}

let held = 0;            // live timers that keep the job alive
let armedFor = -1;       // logical time the engine was armed for, or -1
let armedHolds = false;
let running = false;

function arm() {
  if (running) return;
  const expiry = heapSize === 0 ? -1 : heap[0].expiry;
  const holds = held > 0;
  if (expiry === armedFor && holds === armedHolds) return;
  armedFor = expiry;
  armedHolds = holds;
  native.armTimer(expiry < 0 ? -1 : MathMax(0, expiry - logicalNow()), holds);
}

const byId = new SafeMap();  // of the timers whose number was asked for
const drawn = new Uint32Array(2);
// A number that nobody can guess: who has it can clear the timer.
function drawId() {
  native.randomFill(drawn);
  return (drawn[0] & 0x1fffff) * 2 ** 32 + drawn[1] + 1;
}
let start, cancel, restart, fire, isTimeout;

class Timeout {
  #callback;
  #args;
  #duration;
  #repeats;
  #started = 0;
  #list = null;
  #before = null;
  #after = null;
  #ref = true;
  #done = false;
  #id = 0;

  constructor(callback, duration, args, repeats) {
    duration *= 1;
    this.#duration = duration >= 1 && duration <= kLongest ? MathTrunc(duration) : 1;
    this.#callback = callback;
    this.#args = args;
    this.#repeats = repeats;
  }

  static {
    const enqueue = (timer, now) => {
      const duration = timer.#duration;
      timer.#started = now;
      let list = listOf.get(duration);
      if (list === undefined) {
        list = new List(duration);
        list.expiry = now + duration;
        listOf.set(duration, list);
        siftUp(list, heapSize++);
      }
      timer.#list = list;
      timer.#before = list.last;
      if (list.last === null) list.first = timer;
      else list.last.#after = timer;
      list.last = timer;
    };
    const dequeue = (timer) => {
      const list = timer.#list;
      if (timer.#before === null) list.first = timer.#after;
      else timer.#before.#after = timer.#after;
      if (timer.#after === null) list.last = timer.#before;
      else timer.#after.#before = timer.#before;
      timer.#before = null;
      timer.#after = null;
      timer.#list = null;
      return list;
    };
    start = (timer) => {
      enqueue(timer, logicalNow());
      if (timer.#ref) held++;
      arm();
    };
    cancel = (timer) => {
      if (timer.#done) return;
      timer.#done = true;
      if (timer.#id !== 0) byId.delete(timer.#id);
      if (timer.#ref) held--;
      if (timer.#list !== null) {
        const list = dequeue(timer);
        if (list.first === null) removeList(list);
      }
      arm();
    };
    restart = (timer) => {
      if (timer.#list !== null) {
        const list = dequeue(timer);
        if (list.first === null) removeList(list);
      } else if (timer.#done) {
        timer.#done = false;
        if (timer.#ref) held++;
      }
      enqueue(timer, logicalNow());
      arm();
    };
    isTimeout = (value) => typeof value === 'object' && value !== null && #callback in value;
    // Runs what is due in the first list. Timers are taken out one by one, for a callback may change any of them.
    fire = (list, now) => {
      for (;;) {
        const timer = list.first;
        if (timer === null) {
          if (listOf.get(list.duration) === list) removeList(list);
          return;
        }
        const expiry = timer.#started + list.duration;
        if (expiry > now) {
          list.expiry = expiry;
          siftDown(list, list.position);
          return;
        }
        dequeue(timer);
        ReflectApply(timer.#callback, timer, timer.#args);
        if (!timer.#done && timer.#list === null) {
          if (timer.#repeats) {
            enqueue(timer, logicalNow());
          } else {
            timer.#done = true;
            if (timer.#id !== 0) byId.delete(timer.#id);
            if (timer.#ref) held--;
          }
        }
        drain();
        if (listOf.get(list.duration) !== list) return;
      }
    };
  }

  refresh() {
    restart(this);
    return this;
  }
  ref() {
    if (!this.#ref) {
      this.#ref = true;
      if (!this.#done) {
        held++;
        arm();
      }
    }
    return this;
  }
  unref() {
    if (this.#ref) {
      this.#ref = false;
      if (!this.#done) {
        held--;
        arm();
      }
    }
    return this;
  }
  hasRef() { return this.#ref; }
  close() {
    cancel(this);
    return this;
  }
  [SymbolToPrimitive]() {
    if (this.#id === 0) {
      this.#id = drawId();
      if (!this.#done) byId.set(this.#id, this);
    }
    return this.#id;
  }
  [SymbolDispose]() { cancel(this); }
}

function runTimers() {
  if (armedFor > passed) passed = armedFor;
  armedFor = -1;
  const now = logicalNow();
  running = true;
  while (heapSize > 0 && heap[0].expiry <= now) fire(heap[0], now);
  running = false;
  arm();
}

// Immediates: those made while some run wait for the next turn.
let immediateFirst = null;
let immediateLast = null;
let immediatesHeld = 0;
let cancelImmediate;
let runImmediates;
let queueImmediate;
class Immediate {
  #callback;
  #args;
  #next = null;
  #ref = true;
  #done = false;

  constructor(callback, args) {
    this.#callback = callback;
    this.#args = args;
  }

  static {
    queueImmediate = (immediate) => {
      if (immediateLast === null) immediateFirst = immediate;
      else immediateLast.#next = immediate;
      immediateLast = immediate;
      immediatesHeld++;
      native.armImmediate(true);
    };
    cancelImmediate = (immediate) => {
      if (typeof immediate !== 'object' || immediate === null || !(#done in immediate) || immediate.#done) return;
      immediate.#done = true;
      if (immediate.#ref && --immediatesHeld === 0) native.armImmediate(false);
    };
    runImmediates = () => {
      let immediate = immediateFirst;
      immediateFirst = null;
      immediateLast = null;
      while (immediate !== null) {
        if (!immediate.#done) {
          immediate.#done = true;
          if (immediate.#ref) immediatesHeld--;
          ReflectApply(immediate.#callback, immediate, immediate.#args);
          drain();
        }
        immediate = immediate.#next;
      }
      if (immediateFirst !== null) native.armImmediate(immediatesHeld > 0);
    };
  }

  ref() {
    if (!this.#ref) {
      this.#ref = true;
      if (!this.#done && immediatesHeld++ === 0) native.armImmediate(true);
    }
    return this;
  }
  unref() {
    if (this.#ref) {
      this.#ref = false;
      if (!this.#done && --immediatesHeld === 0) native.armImmediate(false);
    }
    return this;
  }
  hasRef() { return this.#ref; }
  [SymbolDispose]() { cancelImmediate(this); }
}

// The queue of process.nextTick, and what runs between two callbacks of one turn.
let tickFirst = null;
let tickLast = null;
function runTicks() {
  while (tickFirst !== null) {
    while (tickFirst !== null) {
      const tick = tickFirst;
      tickFirst = tick.next;
      if (tickFirst === null) tickLast = null;
      ReflectApply(tick.callback, undefined, tick.args);
    }
    native.runMicrotasks();
  }
}
function drain() {
  if (tickFirst === null) native.runMicrotasks();
  if (tickFirst !== null) runTicks();
}
function nextTick(callback, ...args) {
  validate.function(callback, 'callback');
  const tick = { __proto__: null, callback, args, next: null };
  if (tickLast === null) {
    tickFirst = tick;
    native.requestTicks();
  } else {
    tickLast.next = tick;
  }
  tickLast = tick;
}

native.setHooks({ __proto__: null, runTimers, runImmediates, runTicks });

function setTimeout(callback, delay, ...args) {
  validate.function(callback, 'callback');
  const timer = new Timeout(callback, delay, args, false);
  start(timer);
  return timer;
}
function setInterval(callback, delay, ...args) {
  validate.function(callback, 'callback');
  const timer = new Timeout(callback, delay, args, true);
  start(timer);
  return timer;
}
function setImmediate(callback, ...args) {
  validate.function(callback, 'callback');
  const immediate = new Immediate(callback, args);
  queueImmediate(immediate);
  return immediate;
}
function clearTimeout(timer) {
  if (isTimeout(timer)) {
    cancel(timer);
  } else if (typeof timer === 'number' || typeof timer === 'string') {
    const known = byId.get(+timer);
    if (known !== undefined) cancel(known);
  }
}
function clearInterval(timer) { clearTimeout(timer); }
function clearImmediate(immediate) { cancelImmediate(immediate); }
function queueMicrotask(callback) {
  validate.function(callback, 'callback');
  native.enqueueMicrotask(() => {
    try {
      callback();
    } catch (error) {
      native.uncaught(error);
    }
  });
}

shared.timers = {
  __proto__: null, clearImmediate, clearInterval, clearTimeout, queueMicrotask, setImmediate, setInterval, setTimeout,
};
shared.nextTick = nextTick;
ArrayPrototypePush(shared.roots, Timeout);
ArrayPrototypePush(shared.roots, Immediate);
