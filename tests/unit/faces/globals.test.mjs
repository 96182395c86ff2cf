import assert from 'node:assert';
import test from 'node:test';
import { EndOfJob, makeRuntime } from './harness.mjs';

test('order of timers, immediates, ticks and microtasks', async () => {
  const runtime = makeRuntime();
  runtime.evaluate(`
    setTimeout(() => { console.log('t10'); process.nextTick(() => console.log('tick in t10')); queueMicrotask(() => console.log('micro in t10')); }, 10);
    setTimeout(() => console.log('t10 too'), 10);
    setTimeout((...args) => console.log('t1', ...args), 1, 'a', 'b');
    setTimeout(() => console.log('t0 is 1'), 0);
    setImmediate(() => console.log('immediate'));
    const cancelled = setTimeout(() => console.log('never'), 5);
    clearTimeout(cancelled);
    clearTimeout(+setTimeout(() => console.log('never'), 5));
    clearImmediate(setImmediate(() => console.log('never')));
    clearTimeout(undefined); clearTimeout({}); clearTimeout(99999);
    setTimeout(() => console.log('unref'), 1000).unref();
    let left = 3;
    const interval = setInterval(() => { console.log('interval', --left); if (left === 0) clearInterval(interval); }, 4);
    const refreshed = setTimeout(() => console.log('refreshed'), 6);
    setTimeout(() => refreshed.refresh(), 3);
  `);
  await runtime.loop();
  assert.equal(runtime.text(), `immediate
t1 a b
t0 is 1
interval 2
interval 1
refreshed
t10
tick in t10
micro in t10
t10 too
interval 0
`);
});

test('timers under a frozen clock fire in order', async () => {
  const runtime = makeRuntime();
  runtime.native.now = () => 0;
  runtime.evaluate('for (const d of [5, 1, 3]) setTimeout(() => { console.log(d); setTimeout(() => console.log(d + "b"), 1); }, d)');
  await runtime.loop();
  assert.equal(runtime.text(), '1\n1b\n3\n3b\n5\n5b\n');
});

test('a million timers', async () => {
  const runtime = makeRuntime();
  const started = Date.now();
  runtime.evaluate('globalThis.n = 0; for (let i = 0; i < 1e6; i++) setTimeout(() => { n++; }, i % 1000)');
  await runtime.loop();
  assert.equal(runtime.global.n, 1e6);
  assert.ok(Date.now() - started < 20_000);
});

test('heap of durations stays in order when timers are cancelled', async () => {
  const runtime = makeRuntime();
  runtime.evaluate(`
    let seed = 1;
    const random = (n) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % n;
    globalThis.fired = [];
    const all = [];
    for (let i = 0; i < 5000; i++) { const d = 1 + random(700); all.push(setTimeout(() => fired.push(d), d)); }
    globalThis.cancelled = 0;
    for (let i = 0; i < 5000; i += 3) { clearTimeout(all[i]); cancelled++; }`);
  await runtime.loop();
  const { fired } = runtime.global;
  assert.equal(fired.length, 5000 - runtime.global.cancelled);
  for (let i = 1; i < fired.length; i++) assert.ok(fired[i - 1] <= fired[i]);
});

test('a timer that throws', async () => {
  const runtime = makeRuntime();
  runtime.evaluate('setTimeout(() => { throw new RangeError("x"); }, 1)');
  await assert.rejects(runtime.loop(), { name: 'RangeError' });
});

test('a microtask that throws ends the job', async () => {
  const runtime = makeRuntime();
  runtime.native.enqueueMicrotask = (callback) => assert.throws(callback, EndOfJob);
  runtime.evaluate('queueMicrotask(() => { throw 5; })');
  assert.deepEqual(runtime.state.ended, ['uncaught', 5]);
});

test('no shared memory by name; what a job begins with', () => {
  const runtime = makeRuntime();
  runtime.evaluate(`
    globalThis.fails = (run) => { try { run(); } catch (error) { return error instanceof TypeError; } return false; };
    if (!fails(() => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }))) throw new Error('constructor');
    if (new WebAssembly.Memory({ initial: 1 }).buffer.byteLength !== 65536) throw new Error('plain');
    let asked = 0;
    const sly = { initial: 1, maximum: 1, get shared() { return asked++ > 0; } };
    const memory = new WebAssembly.Memory(sly);
    if (asked !== 1 || memory.buffer.constructor.name !== 'ArrayBuffer') throw new Error('getter');
    if (!fails(() => new memory.constructor({ initial: 1, maximum: 1, shared: true }))) throw new Error('through an instance');
`);
  runtime.hooks.begin({ entry: 'file:///lib/main.mjs', arguments: ['a'], environment: [['__proto__', 'p'], ['LANG', 'C']] });
  runtime.evaluate(`'use strict';
    if (process.argv.join() !== 'secure-runtime,/lib/main.mjs,a') throw new Error(process.argv);
    if (process.env.LANG !== 'C' || !Object.hasOwn(process.env, '__proto__')) throw new Error('env');`);
});

const urls = [
  'http://example.com', 'https://user:pa%20ss@EXAMPLE.com:8080/a/../b?q=1&r=%20#frag', 'file:///a/b%20c', 'mailto:x@y',
  'data:text/plain,hi#x', 'blob:https://a.com/uuid', 'http://[::1]:3000/', 'ws://h/?', 'http://h/#', 'javascript:1',
  'http://ex.com:80/', 'ftp://u@h/', 'http://user:@h/', 'foo://h:1/p?q#h', 'foo:/.//p',
];
const parts = ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'];
test('URL reads as node does', () => {
  const runtime = makeRuntime();
  for (const url of urls) {
    if (url.startsWith('foo:/.//')) continue;
    const ours = new runtime.shared.URL(url);
    const theirs = new URL(url);
    for (const part of parts) assert.equal(ours[part], theirs[part], `${part} of ${url}`);
    assert.equal(String(ours), theirs.href);
    assert.equal(JSON.stringify(ours), JSON.stringify(theirs));
  }
  for (const bad of ['', 'x', '//h', 'http://', 'http://a b/']) {
    assert.throws(() => new runtime.shared.URL(bad), { code: 'ERR_INVALID_URL', input: bad, name: 'TypeError', message: 'Invalid URL' });
    assert.equal(runtime.shared.URL.canParse(bad), false);
    assert.equal(runtime.shared.URL.parse(bad), null);
  }
  assert.equal(new runtime.shared.URL('../x', 'http://h/a/b/c').href, 'http://h/a/x');
});
test('URL setters and live searchParams', () => {
  const runtime = makeRuntime();
  const changes = [
    ['port', '99'], ['port', ''], ['host', 'other:7'], ['hostname', 'third'], ['pathname', 'a b'], ['search', 'x=1&y'],
    ['search', ''], ['hash', 'z'], ['hash', ''], ['protocol', 'https'], ['username', 'ü'], ['password', 'p:w'], ['href', 'http://new/?k=v'],
  ];
  const ours = new runtime.shared.URL('http://u:p@h:1/p?q=1#f');
  const theirs = new URL(ours.href);
  const params = ours.searchParams;
  for (const [part, value] of changes) {
    ours[part] = value;
    theirs[part] = value;
    for (const name of parts) assert.equal(ours[name], theirs[name], `${name} after ${part} = ${value}`);
    assert.equal(ours.searchParams, params);
    assert.equal(String(params), String(theirs.searchParams));
  }
  for (const url of [ours, theirs]) {
    url.searchParams.append('a b', 'ü&=+');
    url.searchParams.append('k', '2');
    url.searchParams.set('k', '3');
    url.searchParams.delete('none');
    url.searchParams.sort();
  }
  assert.equal(ours.href, theirs.href);
  assert.throws(() => { ours.href = 'no'; }, { code: 'ERR_INVALID_URL' });
});
test('URLSearchParams', () => {
  const runtime = makeRuntime();
  const { URLSearchParams: Ours } = runtime.shared;
  const inputs = ['?a=1&b=2', 'a=%zz&b=%C3%BC+x&&=v&k', [['a', '1'], ['b', '2']], { x: '1', y: 2 }, new Map([['m', 'n']]), undefined, ''];
  for (const input of inputs) {
    const ours = new Ours(input);
    const theirs = new URLSearchParams(input);
    assert.deepEqual([...ours].map((pair) => [...pair]), [...theirs]);
    assert.equal(String(ours), String(theirs));
    assert.deepEqual([...ours.keys()], [...theirs.keys()]);
    assert.equal(ours.size, theirs.size);
    assert.equal(ours.get('a'), theirs.get('a'));
    assert.equal(ours.has('a', '1'), theirs.has('a', '1'));
    assert.deepEqual([...ours.getAll('b')], theirs.getAll('b'));
  }
  assert.throws(() => new Ours([['a']]), { code: 'ERR_INVALID_TUPLE' });
  assert.equal(String(new Ours(new Ours('a=1'))), 'a=1');
});

test('TextDecoder, whole and in pieces, decodes what node decodes', () => {
  const runtime = makeRuntime();
  const { TextDecoder: Ours } = runtime.shared;
  let seed = 7;
  const random = (n) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % n;
  const pieces = [[0xe2, 0x82, 0xac], [0xf0, 0x9d, 0x84, 0x9e], [0x41], [0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf4, 0x90], [0xe0, 0x80], [0xef, 0xbb, 0xbf], [0xc3, 0xa9]];
  for (let round = 0; round < 2000; round++) {
    const bytes = [];
    for (let i = random(8); i >= 0; i--) bytes.push(...pieces[random(pieces.length)]);
    for (const label of ['utf-8', 'utf-16le']) {
      for (const options of [{}, { ignoreBOM: true }]) {
        const whole = new Uint8Array(bytes);
        assert.equal(new Ours(label, options).decode(whole), new TextDecoder(label, options).decode(whole));
        const ours = new Ours(label, options);
        const theirs = new TextDecoder(label, options);
        let a = '';
        let b = '';
        for (let at = 0; at < bytes.length;) {
          const end = Math.min(bytes.length, at + 1 + random(3));
          a += ours.decode(whole.subarray(at, end), { stream: true });
          b += theirs.decode(whole.subarray(at, end), { stream: true });
          at = end;
        }
        assert.equal(a + ours.decode(), b + theirs.decode(), `${label} ${bytes}`);
      }
    }
  }
  assert.equal(new Ours('latin1').decode(new Uint8Array([0x80, 0x41, 0xe9, 0x9f, 0x81])), '\u20acA\u00e9\u0178\x81');
  assert.throws(() => new Ours('utf-8', { fatal: true }).decode(new Uint8Array([0xff])), { code: 'ERR_ENCODING_INVALID_ENCODED_DATA', name: 'TypeError' });
  assert.throws(() => new Ours('nope'), { code: 'ERR_ENCODING_NOT_SUPPORTED', name: 'RangeError' });
  assert.throws(() => new Ours().decode(5), { code: 'ERR_INVALID_ARG_TYPE' });
  assert.deepEqual([new Ours('UTF8').encoding, new Ours(' utf-16 ').encoding, new Ours('ascii').encoding], ['utf-8', 'utf-16le', 'windows-1252']);
});
test('TextEncoder', () => {
  const { TextEncoder: Ours } = makeRuntime().shared;
  assert.deepEqual([...new Ours().encode('é\ud800')], [...new TextEncoder().encode('é\ud800')]);
  const bytes = new Uint8Array(3);
  assert.deepEqual({ ...new Ours().encodeInto('aé€', bytes) }, { read: 2, written: 3 });
});

test('structuredClone, atob, btoa, crypto', () => {
  const runtime = makeRuntime();
  runtime.evaluate(`
    const check = (condition, text) => { if (!condition) throw new Error(text); };
    const thrown = (run) => { try { run(); } catch (error) { return error; } };
    check(atob(' aGk= ') === 'hi' && btoa('hi') === 'aGk=', 'base64');
    check(thrown(() => atob('*')).name === 'InvalidCharacterError', 'atob');
    check(thrown(() => btoa('€')).name === 'InvalidCharacterError', 'btoa');
    check(thrown(() => btoa('€')) instanceof DOMException && thrown(() => btoa('€')) instanceof Error, 'DOMException');
    check(thrown(() => crypto.getRandomValues(new Uint8Array(65537))).name === 'QuotaExceededError', 'quota');
    check(thrown(() => crypto.getRandomValues(new Float32Array(1))).name === 'TypeMismatchError', 'type');
    check(thrown(() => crypto.getRandomValues([])).name === 'TypeMismatchError', 'type');
    check(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()), 'uuid');
    check(thrown(() => structuredClone()).code === 'ERR_MISSING_ARGS', 'missing');
    const buffer = new ArrayBuffer(1);
    check(thrown(() => structuredClone(1, { transfer: [{}] })).name === 'DataCloneError', 'transferable');
    check(thrown(() => structuredClone(1, { transfer: [buffer, buffer] })).code === 25, 'twice');
    check(thrown(() => new crypto.constructor()).code === 'ERR_ILLEGAL_CONSTRUCTOR', 'Crypto');
    check(new DOMException('m', 'AbortError').code === 20 && DOMException.ABORT_ERR === 20, 'codes');
    check(Object.prototype.toString.call(new DOMException()) === '[object DOMException]', 'tag');`);
});

test('events and signals', async () => {
  const runtime = makeRuntime();
  runtime.evaluate(`
    const log = (...args) => console.log(...args);
    const target = new EventTarget();
    target.addEventListener('x', (event) => { log('first', event.type, event.target === target); event.preventDefault(); }, { once: true });
    target.addEventListener('x', { handleEvent(event) { log('second', this !== undefined); event.stopImmediatePropagation(); } });
    target.addEventListener('x', () => log('never'));
    log(target.dispatchEvent(new Event('x', { cancelable: true })), target.dispatchEvent(new CustomEvent('x', { detail: 5 })));
    const controller = new AbortController();
    const { signal } = controller;
    const any = AbortSignal.any([signal, new AbortController().signal]);
    any.addEventListener('abort', () => log('any', any.reason === signal.reason));
    signal.onabort = () => log('onabort');
    target.addEventListener('y', () => log('never'), { signal });
    controller.abort();
    controller.abort();
    target.dispatchEvent(new Event('y'));
    log(signal.aborted, signal.reason.name, any.aborted, AbortSignal.abort(3).reason);
    const timeout = AbortSignal.timeout(5);
    timeout.addEventListener('abort', () => log(timeout.reason.name));
    setTimeout(() => {}, 10);`);
  await runtime.loop();
  assert.equal(runtime.text(), `first x true
second true
second true
false true
onabort
any true
true AbortError true 3
TimeoutError
`);
});

test('job: arguments, environment, standard input, exit', async () => {
  const runtime = makeRuntime();
  const view = {};
  const input = [new Uint8Array([1, 2]), new Uint8Array([3]), new Uint8Array(0)];
  const rpc = {
    callSync: (method) => (method === 'arguments' ? { arguments: ['a'] } : { variables: [{ name: '__proto__', value: 'v' }, { name: 'LANG', value: 'C' }] }),
    call: async () => ({ bytes: input.shift() }),
  };
  const face = runtime.face('job', { rpc });
  const job = face.instantiate(view, 'runtime:job');
  assert.deepEqual(Object.keys(job).sort(), [...face.exports()].sort());
  assert.deepEqual([...job.args], ['a']);
  assert.ok(Object.isFrozen(job.args) && Object.isFrozen(job.env));
  assert.deepEqual([job.env.LANG, job.env.__proto__, job.env.toString], ['C', 'v', undefined]);
  assert.deepEqual([...await job.stdin.readAll()], [1, 2, 3]);
  assert.deepEqual([...await job.stdin.readAll()], []);
  for await (const chunk of job.stdin) assert.fail(chunk);
  for (const bad of [256, -1, 1.5, '1', null]) assert.throws(() => job.exit(bad), { code: /^ERR_(OUT_OF_RANGE|INVALID_ARG_TYPE)$/ });
  assert.throws(() => job.exit(7), EndOfJob);
  assert.deepEqual(runtime.state.ended, ['exit', 7]);
});
