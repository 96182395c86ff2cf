// The form in which values cross between workers (extensions/isolate/message*.js), without the worker.
import assert from 'node:assert';
import fs from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import * as v8 from 'node:v8';
import vm from 'node:vm';

import { makeRuntime } from './harness.mjs';

const runtime = makeRuntime({ until: 'inspect' });
const { global, context } = runtime;
const folder = fileURLToPath(new URL('../../../extensions/isolate/', import.meta.url));
const parts = ['message.js', 'message_writer.js', 'message_reader.js'];
const source = parts.map((part) => fs.readFileSync(folder + part, 'utf8')).join('');
const make = vm.compileFunction(`${source}\nreturn { encodeMessage, decodeMessage, messageForm };`, ['primordials', 'internals'],
                                { parsingContext: context, filename: folder + 'message.js' });
const { encodeMessage: encode, decodeMessage: decode, messageForm: { kMaxBytes } } = make(runtime.primordials, runtime.internals);

const none = { kindOf: () => undefined, tokenOf() {}, make: () => undefined };
const run = (text) => runtime.evaluate(`(${text})`);
function crossed(value, capabilities = none) {
  const { bytes, tokens } = encode(value, capabilities);
  const read = decode(bytes, tokens, capabilities);
  assert.equal(read.ok, true);
  return read.value;
}
// What Node's own structured clone makes of it is the measure; both realms' prototypes are told apart by none of this.
const serialized = (value) => v8.deserialize(v8.serialize(value));
const same = (a, b, message) => assert.deepStrictEqual(serialized(a), serialized(b), message);

test('values arrive as structured clone would have them', () => {
  const sources = [
    'undefined', 'null', 'true', 'false', '0', '-0', 'NaN', 'Infinity', '1.5', '0n', '-1n', '123456789012345678901234567890n',
    "''", "'text'", "'\\u00ff'", "'\\u0100\\ud800'", "'x'.repeat(70000)", '{}', '{ a: 1, b: { c: [] } }', "{ ['__proto__']: 1 }",
    '[]', '[1, 2, [3]]', '[, 1, , 2, ,]', "Object.assign([1], { name: 'x', '-1': 2 })", 'new Map([[1, { a: 1 }], [{}, new Map()]])',
    'new Set([1, new Set([2])])', 'new Date(5)', '/a\\/b[^]/giu', 'new Uint8Array([1, 2, 3]).buffer',
    'new Uint8Array([1, 2, 3, 4]).subarray(1, 3)', 'new Float64Array([1.5, NaN])', 'new BigInt64Array([-1n])',
    'new Uint8ClampedArray(3)', 'new DataView(new ArrayBuffer(8), 2, 4)', 'new Boolean(false)', 'new Number(-0)',
    "new String('x')", 'Object(1n)', "{ get a() { return 1; }, set b(value) {} }", "new (class A { x = 1; get y() { return 2; } })()",
  ];
  for (const source of sources) same(crossed(run(source)), run(source), source);
  assert.ok(Number.isNaN(crossed(run('new Date(NaN)')).getTime()));
});

test('errors keep their type, message, stack and cause', () => {
  for (const name of ['Error', 'TypeError', 'RangeError', 'SyntaxError', 'EvalError', 'ReferenceError', 'URIError']) {
    const error = run(`new ${name}('what', { cause: [1] })`);
    const arrived = crossed(error);
    assert.ok(arrived instanceof global[name]);
    assert.deepEqual([arrived.name, arrived.message, arrived.stack, arrived.cause[0]], [name, 'what', error.stack, 1]);
    assert.deepEqual(Object.keys(arrived), []);
  }
  const custom = crossed(run("new (class Own extends Error { name = 'Own' })('x')"));
  assert.equal(custom.name, 'Error');
  assert.equal('cause' in custom, false);
});

test('what is met twice arrives as one', () => {
  const cycle = run('(() => { const a = { list: [] }; a.self = a; a.list.push(a, a.list); a.map = new Map([[a, a]]); return a; })()');
  const arrived = crossed(cycle);
  assert.equal(arrived.self, arrived);
  assert.equal(arrived.list[0], arrived);
  assert.equal(arrived.list[1], arrived.list);
  assert.equal(arrived.map.get(arrived), arrived);
  const [a, b, buffer] = crossed(run('(() => { const b = new ArrayBuffer(8); return [new Uint8Array(b), new Int8Array(b, 4), b]; })()'));
  assert.equal(a.buffer, buffer);
  assert.equal(b.buffer, buffer);
  const error = crossed(run('(() => { const e = new Error(); e.cause = e; return e; })()'));
  assert.equal(error.cause, error);
});

test('what cannot be cloned is refused', () => {
  const sources = [
    '() => {}', 'Symbol()', '[Symbol.iterator]', '{ f() {} }', 'new Proxy({}, {})', 'new Proxy([], {})', 'new WeakMap()',
    'new WeakSet()', 'Promise.resolve()', 'Object(Symbol())', '(function* () {})()', 'new Map().keys()',
    'new SharedArrayBuffer(1)', 'new Uint8Array(new SharedArrayBuffer(1))', `new Uint8Array(${kMaxBytes})`,
    `'x'.repeat(${kMaxBytes})`, 'new Array(4e9)', '(() => { let a = []; for (let i = 0; i < 1000; i++) a = [a]; return a; })()',
  ];
  for (const source of sources) assert.throws(() => encode(run(source), none), { name: 'DataCloneError' }, source);
  assert.throws(() => encode(run('{ get a() { throw new RangeError("mine"); } }'), none), { message: 'mine' });
});

test('capabilities cross as places in a list of tokens', () => {
  const held = run('{ held: 1 }');
  const made = [];
  const capabilities = {
    kindOf: (object) => (object === held ? 7 : undefined),
    tokenOf: () => 'token',
    make(kind, token) {
      made.push([kind, token]);
      return kind === 7 ? run('{ made: 1 }') : undefined;
    },
  };
  const { bytes, tokens } = encode(global.Array.of(held, held), capabilities);
  assert.deepEqual([...tokens], ['token']);
  const { value } = decode(bytes, global.Array.of('other'), capabilities);
  assert.deepEqual(made, [[7, 'other']]);
  assert.equal(value[0], value[1]);
  assert.equal(decode(bytes, global.Array.of(), capabilities).ok, false, 'a place beyond the list');
  assert.equal(decode(encode(held, capabilities).bytes, tokens, none).ok, false, 'a kind that nobody knows');
});

// A small generator of its own, so that a failure comes again.
function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}
function anyValue(next, depth = 0) {
  const seen = [];
  const build = (level) => {
    const pick = next(level > 4 ? 7 : 15);
    const keep = (value) => (seen.push(value), value);
    const some = () => Array.from({ length: next(4) }, () => build(level + 1));
    switch (pick) {
      case 0: return undefined;
      case 1: return null;
      case 2: return next(2) === 0;
      case 3: return (next(2 ** 31) - 2 ** 30) / 7;
      case 4: return BigInt(next(2 ** 31)) ** BigInt(next(9)) * (next(2) ? 1n : -1n);
      case 5: return String.fromCharCode(...Array.from({ length: next(9) }, () => next(next(2) ? 256 : 65536)));
      case 6: return seen.length ? seen[next(seen.length)] : 0;
      case 7: case 8: {
        const object = keep(new global.Object());
        for (const value of some()) object[String.fromCharCode(97 + next(26)) + next(3)] = value;
        return object;
      }
      case 9: {
        const list = keep(new global.Array());
        for (const value of some()) list[list.length + next(2)] = value;
        return list;
      }
      case 10: {
        const map = keep(new global.Map());
        for (const value of some()) map.set(value, build(level + 1));
        return map;
      }
      case 11: {
        const set = keep(new global.Set());
        for (const value of some()) set.add(value);
        return set;
      }
      case 12: return keep(new global.Date(next(2 ** 31)));
      case 13: return keep(new global.Int16Array(next(20)));
      default: return keep(new global.RangeError(String(next(9))));
    }
  };
  return build(depth);
}

test('any value arrives as it was', () => {
  for (let seed = 1; seed <= 2000; seed++) {
    const value = anyValue(random(seed));
    same(crossed(value), value, `seed ${seed}`);
  }
});

test('hostile bytes are refused or are a message, and nothing else happens', () => {
  let read = 0;
  let refused = 0;
  for (let seed = 1; seed <= 4000; seed++) {
    const next = random(seed);
    const whole = encode(anyValue(next), none).bytes;
    const bytes = new global.Uint8Array(seed % 4 === 0 ? 1 + next(64) : whole.length);
    if (seed % 4 === 0) for (let i = 0; i < bytes.length; i++) bytes[i] = next(i % 3 ? 256 : 21);
    else bytes.set(whole);
    for (let flips = 1 + next(3); flips > 0; flips--) bytes[next(bytes.length)] = next(next(2) ? 256 : 22);
    const answer = decode(bytes.subarray(0, seed % 5 === 0 ? next(bytes.length + 1) : bytes.length), global.Array.of(), none);
    if (answer.ok) {
      read++;
      encode(answer.value, none);  // what was made of it is whole
    } else {
      refused++;
    }
  }
  assert.ok(read > 100 && refused > 100, `${read} read, ${refused} refused`);
});

test('what is claimed and not sent is not made', () => {
  const u32 = (value) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
  const huge = u32(0xffffffff);
  const emptyBuffer = [16, ...u32(0)];
  const messages = {
    empty: [], 'a tag of nothing': [21], 'a hole by itself': [20], 'text beyond the end': [6, ...huge],
    'half a unit': [7, ...u32(1), 0], 'an array beyond the end': [10, ...huge], 'a map beyond the end': [11, ...huge],
    'itself, before it is made': [17, 1, ...u32(0), ...u32(0), 8, ...u32(0)], 'an object not met': [8, ...u32(0)],
    'a view beyond its buffer': [17, 2, ...u32(0), ...u32(1), ...emptyBuffer],
    'a view whose end wraps': [17, 2, ...huge, ...u32(2), ...emptyBuffer],
    'a view not aligned': [17, 5, ...u32(1), ...u32(0), ...emptyBuffer], 'a view of no kind': [17, 12, ...u32(0), ...u32(0), ...emptyBuffer],
    'a view of no buffer': [17, 2, ...u32(0), ...u32(0), 9, ...u32(0)],
    'an element far beyond the end': [10, ...u32(0), ...u32(1), 6, ...u32(8), ...Buffer.from('30000000'), 0],
    'a length among the properties': [10, ...u32(0), ...u32(1), 6, ...u32(6), ...Buffer.from('length'), 4, 0, 0, 0, 0, 0x38, 0x9c, 0x7c, 0x41],
    'no regular expression': [14, 6, ...u32(1), 40, 6, ...u32(0)], 'no number': [5, ...u32(1), 120], 'a sign alone': [5, ...u32(1), 45],
    'a boxed object': [18, 9, ...u32(0)], 'an error of no type': [15, 7, 0, 0, 0], 'more after the value': [1, 1],
    'too deep': [...Array.from({ length: 500 }, () => [12, ...u32(1)]).flat(), 0],
    'a capability not sent': [19, 0, 0],
    'more bytes than a message has': [6, ...u32(kMaxBytes), ...Buffer.alloc(kMaxBytes)],
  };
  for (const [what, bytes] of Object.entries(messages)) {
    assert.equal(decode(global.Uint8Array.from(bytes), global.Array.of(), none).ok, false, what);
  }
  // The same, and right: what was refused above was refused for its reason.
  for (const bytes of [[17, 2, ...u32(0), ...u32(0), ...emptyBuffer], [10, ...u32(1), 20, ...u32(0)], [5, ...u32(2), 45, 49], [18, 3]]) {
    assert.equal(decode(global.Uint8Array.from(bytes), global.Array.of(), none).ok, true, String(bytes));
  }
});
