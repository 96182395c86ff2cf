import assert from 'node:assert';
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import test from 'node:test';
import { makeRuntime } from './harness.mjs';

// Each is evaluated in the runtime and under Node; both must print the same.
const programs = [
  'console.log()', 'console.log("a", 1, -0, 2n, null, undefined, true, Symbol("s"))',
  'console.log("%s %d %i %f %j %o %O %c %%", "x", 42.5, 42.9, "1.5", {a: 1}, [1], {b: {c: {d: {e: 1}}}}, "css", "rest")',
  'console.log({ a: 1, b: "two", c: [1, 2, 3], d: { e: { f: { g: 1 } } } })',
  'console.log([1, , 3], new Array(200).fill(7), Array.from({ length: 120 }, (_, i) => "item" + i))',
  'console.log(new Map([["a", { b: 1 }], [{}, 2]]), new Set([1, "x", [2]]))',
  'console.log(new Map([[1, 2]]).entries(), new Map([[1, 2]]).keys(), new Set([5]).values())',
  'console.log(new WeakMap(), new WeakSet())',
  'console.log((() => { const p = Promise.reject(new RangeError("no")); p.catch(() => {}); return typeof p; })())',
  'console.log(new Date(0), new Date(NaN), /a+b/gi, function named() {}, () => {}, class A extends Array {}, async () => {}, function* g() {})',
  'console.log(new Proxy({ a: 1 }, { get() { throw new Error("trap"); }, ownKeys() { throw new Error("trap"); }, getPrototypeOf() { throw new Error("trap"); } }))',
  'console.log(new Proxy(function f() {}, {}), (() => { const r = Proxy.revocable({}, {}); r.revoke(); return r.proxy; })())',
  'console.log({ get a() { throw new Error("called"); }, set a(v) {}, get b() { return 1; }, set c(v) {} })',
  'console.log(Object.create(null), Object.create({ constructor: { name: "Map" } }), { constructor: { name: "Promise" } })',
  'class Foo { #p = 1; x = 2; get [Symbol.toStringTag]() { return "bar"; } }; console.log(new Foo(), Foo)',
  'const o = { name: "o" }; o.self = o; console.log(o, [o])',
  'console.log(new Uint8Array([1, 2, 3]), new Float64Array(2))',
  'console.log(Object(1), Object("str"), Object(Symbol("q")), Object(3n), Object(false))',
  'console.log("multi\\nline", ["multi\\nline"], "it\'s", ["it\'s", `"both\' \\``])',
  'console.log({ "key with space": 1, 3: 4 })',
  '(function () { console.log(arguments); })(1, 2)',
  'console.log("x".repeat(20000).length, ["x".repeat(20000)])',
  'console.error("to stderr", { a: [] }); console.warn("w"); console.info("i"); console.debug("d")',
  'console.group("G"); console.log("one\\ntwo"); console.group(); console.log({ a: 1 }); console.groupEnd(); console.groupEnd(); console.groupEnd(); console.log("out")',
  'console.count(); console.count("x"); console.count(); console.countReset(); console.count()',
  'console.assert(true, "no"); console.assert(false); console.assert(false, "because %s", "x")',
  'console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 }); console.dir({ a: { b: { c: { d: 1 } } } }, { depth: null })',
  'console.table([{ a: 1, b: "x" }, { a: 2, c: true }]); console.table([1, "a", null]); console.table(5); console.table([[1, 2], [3, 4]])',
  'console.table(new Map([["k", 1], [{ z: 1 }, [1]]])); console.table(new Set([1, "b"])); console.table({ r: { a: 1 }, s: 2 }, ["a"]); console.table([])',
  'console.table([{ "日本": "全角" }, { "日本": "é" }])',
  'console.log({ [Symbol.for("nodejs.util.inspect.custom")](depth, options, inspect) { return "custom " + depth + typeof inspect; } })',
  'const deep = []; let at = deep; for (let i = 0; i < 100000; i++) { const next = []; at.push(next); at = next; } console.log(deep)',
  'console.log(Object.assign(Object.create({}), { a: 1 }), Object.setPrototypeOf({ a: 1 }, null), new (class extends Map {})([[1, 2]]))',
  'console.log(-1e21, 1e21, 0.1 + 0.2, NaN, [undefined, null], [-0])',
  'console.log(console[Symbol.toStringTag], typeof console.log, console.log.name)',
];

function nodePrints(program) {
  const streams = [[], []];
  const sink = (list) => new Writable({ write(chunk, encoding, done) { list.push(String(chunk)); done(); } });
  const nodeConsole = new Console({ stdout: sink(streams[0]), stderr: sink(streams[1]) });
  new Function('console', program)(nodeConsole);
  return streams.map((list) => list.join(''));
}

for (const program of programs) {
  test(program.slice(0, 90), () => {
    const runtime = makeRuntime();
    runtime.evaluate(`{${program}}`);
    const [out, error] = nodePrints(program);
    assert.equal(runtime.text(0), out);
    assert.equal(runtime.text(1), error);
  });
}

// Where Node 24 differs from the Node that may run this test.
const fixed = {
  'Promise.resolve(4)': 'Promise { 4 }',
  'new Promise(() => {})': 'Promise { <pending> }',
  'Object.assign(Promise.reject(1), { x: 1 })': 'Promise { <rejected> 1, x: 1 }',
  'new ArrayBuffer(4)': 'ArrayBuffer { [Uint8Contents]: <00 00 00 00>, [byteLength]: 4 }',
  '({ [Symbol("k")]: 2, 3: 4 })': "{ '3': 4, Symbol(k): 2 }",
};
for (const [source, shown] of Object.entries(fixed)) {
  test(source, async () => {
    const runtime = makeRuntime();
    const value = runtime.evaluate(source);
    if (runtime.shared.types.isPromise(value)) runtime.primordials.PromisePrototypeThen(value, null, () => {});
    const symbols = Object.getOwnPropertySymbols(value);
    for (const symbol of symbols) if (String(symbol).includes('async_id') || String(symbol).includes('trigger')) delete value[symbol];
    runtime.shared.console.log(value);
    assert.equal(runtime.text(), shown + '\n');
  });
}
test('console.assert with an object', () => {
  const runtime = makeRuntime();
  runtime.shared.console.assert(0, { a: 1 });
  assert.equal(runtime.text(1), 'Assertion failed { a: 1 }\n');
});

test('errors are shown with their stack, cause and properties', () => {
  const runtime = makeRuntime();
  runtime.evaluate('console.log(Object.assign(new TypeError("bad", { cause: new Error("why") }), { code: "X" }))');
  const text = runtime.text();
  assert.match(text, /^TypeError: bad\n    at file:\/\/\/main\.mjs:1:27/);
  assert.match(text, /\[cause\]: Error: why/);
  assert.match(text, /code: 'X'/);
});

test('times', () => {
  const runtime = makeRuntime();
  const { console } = runtime.shared;
  console.time('t');
  for (const [now, shown] of [[1.2345, '1.234ms'], [2500, '2.500s'], [61_500, '1:01.500 (m:ss.mmm)'], [3_661_000, '1:01:01.000 (h:mm:ss.mmm)']]) {
    runtime.state.now = now;
    runtime.output.length = 0;
    console.timeLog('t');
    assert.equal(runtime.text(), `t: ${shown}\n`);
  }
  console.timeEnd('t');
  runtime.output.length = 0;
  console.timeEnd('t');
  assert.equal(runtime.text(1), "Warning: No such label 't' for console.timeEnd()\n");
});

test('a job that replaced what the language offers still prints', () => {
  const runtime = makeRuntime();
  runtime.evaluate(`
    const keep = console.log;
    const map = new Map([[1, 'x']]);
    // Node's own code calls methods of its arrays and strings here and there.
    for (const base of [Map, Set, RegExp, Function]) {
      for (const name of Object.getOwnPropertyNames(base.prototype)) {
        if (name !== 'constructor' && typeof Object.getOwnPropertyDescriptor(base.prototype, name).value === 'function') {
          base.prototype[name] = () => { throw new Error('patched ' + name); };
        }
      }
    }
    keep({ a: [1, map] }, 'text %d', 5);`);
  assert.equal(runtime.text(), "{ a: [ 1, Map(1) { 1 => 'x' } ] } text %d 5\n");
});
