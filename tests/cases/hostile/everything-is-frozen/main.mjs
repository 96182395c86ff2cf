// Walks everything that any module can come to, and names what is not frozen.
import fs from 'runtime:fs';
import * as job from 'runtime:job';
const seen = new Map();
const waiting = [];
function visit(value, path) {
  if (Object(value) !== value || seen.has(value)) return;
  seen.set(value, path);
  waiting.push(value);
}
const params = new URLSearchParams('a=b');
const handle = await fs.promises.open('/docs/a.txt');
let inspect, options;
console.log('%o', { [Symbol.for('nodejs.util.inspect.custom')](d, o, i) { inspect = i; options = o; return ''; } });
let denied, failed;
try { fs.readFileSync('/x'); } catch (error) { denied = error; }
try { fs.readFileSync('/docs/none'); } catch (error) { failed = error; }
let shown; try { inspect.defaultOptions = 0; } catch (error) { shown = error; }
const caught = (f) => { try { f(); } catch (error) { return error; } };
const instances = {
  array: [][Symbol.iterator](), string: ''[Symbol.iterator](), map: new Map()[Symbol.iterator](), set: new Set()[Symbol.iterator](),
  regexp: 'a'.matchAll(/a/g), generator: (function* () {})(), asyncGenerator: (async function* () {})(), asyncFunction: async () => {},
  generatorFunction: function* () {}, asyncGeneratorFunction: async function* () {}, helper: [].values().map((x) => x), wrapped: Iterator.from({ next() {} }),
  segments: new Intl.Segmenter().segment('a'), segment: new Intl.Segmenter().segment('a')[Symbol.iterator](),
  params, paramsIterator: params[Symbol.iterator](), timeout: setTimeout(() => {}, 0), interval: setInterval(() => {}, 1e6).unref(), immediate: setImmediate(() => {}),
  handle, chunks: handle[Symbol.asyncIterator](), stat: fs.statSync('/docs/a.txt'), bigint: fs.statSync('/docs/a.txt', { bigint: true }),
  dirent: fs.readdirSync('/docs', { withFileTypes: true })[0], directory: fs.dir('/docs'), directoryPromises: fs.dir('/docs').promises, denied, failed, shown,
  argument: caught(() => fs.readFileSync(1)), range: caught(() => fs.truncateSync('/docs/a.txt', 1.5)), url: caught(() => new URL('x')), dom: caught(() => atob('%')), clone: caught(() => structuredClone(() => {})),
  v8: caught(() => null.x), stack: caught(function f() { f(); }), stdin: job.stdin[Symbol.asyncIterator](), signal: AbortSignal.abort(), controller: new AbortController(), event: new Event('x'),
  inspect, stylize: options.stylize, bytes: fs.readFileSync('/docs/a.txt'), json: JSON.parse('{}'), strict: (function () { return arguments; })(), meta: import.meta,
  module: new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])), memory: new WebAssembly.Memory({ initial: 0 }), compileError: caught(() => new WebAssembly.Module(new Uint8Array(1))),
};
const own = new Set(Object.values(instances));
for (const [name, value] of Object.entries(instances)) {
  if (name === 'generator' || name === 'asyncGenerator') { visit(Object.getPrototypeOf(Object.getPrototypeOf(value)), name); continue; }
  visit(Object.getPrototypeOf(value), name + '.__proto__');
  for (const key of Reflect.ownKeys(value)) {
    const { get, set } = Object.getOwnPropertyDescriptor(value, key);
    visit(get, `${name}.${String(key)} get`);
    visit(set, `${name}.${String(key)} set`);
  }
}
visit(inspect, 'inspect'); visit(options.stylize, 'stylize'); visit(fs, 'fs'); visit(job.default, 'job'); visit(fs.dir('/docs').promises, 'dir.promises');
visit(globalThis, 'globalThis');
let open = [];
while (waiting.length > 0) {
  const object = waiting.pop();
  const path = seen.get(object);
  if (!Object.isFrozen(object) && object !== globalThis) open.push(path);
  visit(Object.getPrototypeOf(object), path + '.__proto__');
  for (const key of Reflect.ownKeys(object)) {
    const d = Reflect.getOwnPropertyDescriptor(object, key);
    const at = `${path}.${String(key)}`;
    if (object === globalThis && (d.configurable || d.writable)) open.push('name ' + at);
    if ('value' in d) { visit(d.value, at); } else {
      visit(d.get, at + ' get'); visit(d.set, at + ' set');
      if (d.get && path !== 'globalThis') { let v; try { v = Reflect.apply(d.get, object, []); } catch {} visit(v, at + '()'); }
    }
  }
}
console.log(seen.size > 1000, open.length);
for (const path of open) console.log(path);
await handle.close();
