// What ordinary packages assign to, on objects that inherit from what is frozen.
const check = (label, value) => { if (value !== true) console.log(label, value); };

const error = new TypeError('first');
error.message = 'second';
error.name = 'Mine';
error.toString = () => 'own';
check('error', `${error}` === 'own' && error.message === 'second' && error.name === 'Mine' && `${new TypeError('x')}` === 'TypeError: x');

function Old(message) { this.message = message; }
Old.prototype = Object.create(Error.prototype);
Old.prototype.constructor = Old;
Old.prototype.name = 'Old';
Old.prototype.toString = function toString() { return `old ${this.message}`; };
check('old class of errors', `${new Old('x')}` === 'old x' && new Old('x') instanceof Error && new Old('x').constructor === Old);

// As compilers to ES5 extend classes.
function extend(Derived, Base) {
  Object.setPrototypeOf(Derived, Base);
  function Between() { this.constructor = Derived; }
  Derived.prototype = (Between.prototype = Base.prototype, new Between());
}
for (const Base of [Object, Function, Error, RangeError, Map, Set, WeakMap, Date, EventTarget, URL, class {}]) {
  const Derived = function Derived() {};
  extend(Derived, Base);
  check(Base.name, Derived.prototype.constructor === Derived && Object.getOwnPropertyDescriptor(Derived.prototype, 'constructor').enumerable);
}
function Draft() {}
Draft.prototype = Object.create(Map.prototype);
for (const key of ['has', 'set', 'get', 'delete', 'clear', 'forEach', 'keys', 'values', 'entries']) Draft.prototype[key] = () => key;
check('map', new Draft().get() === 'get' && new Map([[1, 2]]).get(1) === 2);

const counts = {};
for (const word of ['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf', '__defineGetter__', 'word']) {
  counts[word] = (Object.hasOwn(counts, word) ? counts[word] : 0) + 1;
}
check('counts', Object.keys(counts).join() === 'constructor,toString,valueOf,hasOwnProperty,isPrototypeOf,__defineGetter__,word' && counts.toString === 1);
const exports = {};
exports.constructor = 1;
exports.toString = exports.valueOf = () => 'exported';
check('exports', exports.constructor === 1 && `${exports}` === 'exported' && delete exports.constructor && exports.constructor === Object);
check('assign', Object.assign({}, { toString: 1, constructor: 2 }).constructor === 2);

const list = [1, 2, 3];
list.map = () => 'own';
list.toString = list.join = () => 'list';
check('array', list.map() === 'own' && `${list}` === 'list' && [1].map((x) => x)[0] === 1);
function List() {}
List.prototype = Object.create(Array.prototype);
List.prototype.push = function push() { return 'pushed'; };
check('array-like', new List().push() === 'pushed');
const bytes = new Uint8Array(2);
bytes.toString = bytes.slice = () => 'bytes';
check('bytes', `${bytes}` === 'bytes');

function tool() {}
for (const key of ['bind', 'call', 'apply', 'toString', 'constructor']) tool[key] = () => key;
check('function', tool.bind() === 'bind' && tool.call() === 'call' && `${tool}` === 'toString');
const promise = Promise.resolve(1);
promise.catch = promise.finally = () => promise;
check('promise', (await promise.catch()) === 1);
class Cancelable extends Promise {
  static get [Symbol.species]() { return Promise; }
  constructor(run) {
    super(run);
    this.cancel = () => {};
    this.toString = () => 'cancelable';
  }
}
check('subclass', `${new Cancelable(() => {})}` === 'cancelable' && (await new Cancelable((resolve) => resolve(2))) === 2);
class Fields extends Error {
  name = 'Fields';
  toString = () => 'fields';
}
check('fields', `${new Fields()}` === 'fields');
class Parent {
  set value(given) { super.toString = given; }
}
const parent = new Parent();
parent.value = 1;
parent.value = 2;
check('super', parent.toString === 2 && !Reflect.set(Object.freeze({}), 'other', 1));
Error.stackTraceLimit = 5;
Error.stackTraceLimit = 10;

// Seen from outside the properties are where they were.
for (const [object, key] of [[Object.prototype, 'toString'], [Array.prototype, 'map'], [Error.prototype, 'message'], [Map.prototype, 'get']]) {
  check(key, Object.hasOwn(object, key) && !Object.prototype.propertyIsEnumerable.call(object, key) && !Object.getOwnPropertyDescriptor(object, key).configurable);
}
check('for in', (() => { for (const key in { a: 1 }) if (key !== 'a') return key; return true; })());
console.log({ a: 1 }, new SyntaxError('shown').name, [new Map([[1, { b: 2 }]])], Object.create({ constructor: Cancelable }), new (class Foo { x = 1; })(), Object.create(Date.prototype) instanceof Date);

// On what is frozen itself it fails, also in sloppy code.
for (const attempt of [
  () => { Object.prototype.toString = 1; }, () => { Array.prototype.map = 1; }, () => { Error.prototype.message = 1; }, () => { 'x'.toString = 1; }, () => { Object.freeze({}).toString = 1; },
  () => { Object.defineProperty({}, 'toString', { value: 1 }).toString = 2; }, () => { console.log.bind = 1; }, () => { Reflect.set({ __proto__: Object.prototype }, 'toString', 1, 5) || null.x; },
]) {
  try {
    attempt();
    console.log('done', String(attempt));
  } catch (caught) {
    if (!(caught instanceof TypeError)) console.log(caught);
  }
}
console.log('end');
