// Runs worker/js/*.js and the faces under Node, in a context of their own, with `internals` imitated by what Node has.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import * as util from 'node:util';
import vm from 'node:vm';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const require = createRequire(import.meta.url);
// Needs --expose-internals.
const { internalBinding } = require('internal/test/binding');
const binding = internalBinding('util');

// Not error_constructor and freeze, which change the language: tests here change it in other ways.
export const files = ['errors', 'encoding', 'url', 'events', 'timers', 'process', 'inspect', 'console', 'globals'];

const typeTests = [
  'Proxy', 'ArgumentsObject', 'AsyncFunction', 'GeneratorFunction', 'GeneratorObject', 'ArrayBuffer',
  'SharedArrayBuffer', 'DataView', 'Date', 'External', 'Map', 'MapIterator', 'Set', 'SetIterator', 'WeakMap', 'WeakSet',
  'Promise', 'RegExp', 'NativeError', 'ModuleNamespaceObject', 'StringObject', 'NumberObject', 'BooleanObject',
  'BigIntObject', 'SymbolObject',
];
function typeOf(value) {
  if (util.types.isAsyncFunction(value) && util.types.isGeneratorFunction(value)) return 'AsyncGeneratorFunction';
  for (const name of typeTests) if (util.types['is' + name](value)) return name;
  if (util.types.isTypedArray(value)) return Object.getPrototypeOf(Uint8Array.prototype)[Symbol.toStringTag] ?? '';
  return '';
}

export class EndOfJob extends Error {}

// A runtime of its own. `output` collects [stream, text]; `clock.now` may be replaced; `loop()` runs timers and
// immediates until none holds the job.
export function makeRuntime({ until, real = false } = {}) {
  const context = vm.createContext(undefined, { microtaskMode: undefined });
  const global = vm.runInContext('globalThis', context);
  const compileText = (text, path, names) => vm.compileFunction(text, names, { parsingContext: context, filename: '/runtime/' + path });
  const compile = (path, names) => compileText(fs.readFileSync(root + path, 'utf8'), path, names);
  // Joined of the parts that its host embeds.
  function compileFace(name) {
    const folder = `extensions/${name}/`;
    const parts = fs.readFileSync(`${root}${folder}host.cc`, 'utf8').matchAll(/^#embed "(.*)"$/gm);
    const text = [...parts].map((part) => fs.readFileSync(root + folder + part[1], 'utf8')).join('');
    return compileText(text, `${folder}${name}.js`, ['primordials', 'internals']);
  }
  const primordials = compile('worker/js/primordials.js', ['global'])(global);
  const hooks = {};
  const output = [];
  const state = { armed: null, immediate: null, ticks: false, now: 0, ended: null };
  const Bytes = global.Uint8Array;
  const own = (buffer) => {
    const bytes = new Bytes(buffer.length);
    bytes.set(buffer);
    return bytes;
  };
  const ada = internalBinding('url');
  function parts(url, components) {
    // As ada::url_components of the href that the URL shows.
    const { href } = url;
    const none = 0xffffffff;
    const protocolEnd = url.protocol.length;
    const hasHost = href.startsWith('//', protocolEnd);
    let at = protocolEnd + (hasHost ? 2 : 0);
    components[0] = protocolEnd;
    const credentials = url.username !== '' || url.password !== '';
    components[1] = at + url.username.length;
    components[2] = hasHost && credentials ? components[1] + (url.password !== '' ? url.password.length + 1 : 0)
                                           : hasHost ? at : protocolEnd;
    if (!hasHost) components[1] = protocolEnd;
    let hostEnd = hasHost ? components[2] + (credentials ? 1 : 0) + url.hostname.length : protocolEnd;
    components[3] = hostEnd;
    components[4] = url.port === '' ? none : Number(url.port);
    const tail = url.pathname.length + url.search.length + url.hash.length;
    components[7] = none;
    components[6] = none;
    const hashAt = href.indexOf('#');
    if (hashAt >= 0) components[7] = hashAt;
    const searchAt = href.indexOf('?');
    if (searchAt >= 0 && (hashAt < 0 || searchAt < hashAt)) components[6] = searchAt;
    const end = components[6] !== none ? components[6] : components[7] !== none ? components[7] : href.length;
    components[5] = end - url.pathname.length;
    components[8] = 0;
    void tail;
  }
  const native = {
    setHooks: (more) => Object.assign(hooks, more),
    armTimer: (delayMs, holds) => { state.armed = delayMs < 0 ? null : { at: state.now + delayMs, holds }; },
    armImmediate: (holds) => { state.immediate = { holds }; },
    requestTicks: () => { state.ticks = true; },
    runMicrotasks: () => internalBinding('task_queue').runMicrotasks(),
    enqueueMicrotask: (callback) => queueMicrotask(callback),
    uncaught(error) {
      state.ended ??= ['uncaught', error];
      throw new EndOfJob();
    },
    exit(code) {
      state.ended ??= ['exit', code];
      throw new EndOfJob();
    },
    writeOutput: (stream, text) => { output.push([stream, text]); },
    now: () => state.now,
    timeOrigin: () => 1_700_000_000_000,
    structuredClone: (value, transfer) => structuredClone(value, { transfer: [...transfer] }),
    urlParse(input, base, components) {
      try {
        const url = base === undefined ? new URL(input) : new URL(input, base);
        parts(url, components);
        return url.href;
      } catch {
        return undefined;
      }
    },
    urlUpdate(href, field, value, components) {
      const url = new URL(href);
      const names = ['href', 'hash', 'port', 'host', 'hostname', 'pathname', 'search', 'protocol', 'username', 'password'];
      try {
        url[names[field]] = value;
      } catch {
        return undefined;
      }
      parts(url, components);
      return url.href;
    },
    urlCanParse: (input, base) => (base === undefined ? URL.canParse(input) : URL.canParse(input, base)),
    encodeUtf8: (text) => own(Buffer.from(text, 'utf8')),
    encodeUtf8Into(text, bytes, result) {
      const done = new TextEncoder().encodeInto(text, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      result[0] = done.read;
      result[1] = done.written;
    },
    decodeUtf8(bytes, fatal) {
      try {
        return new TextDecoder('utf-8', { fatal, ignoreBOM: true }).decode(bytes);
      } catch {
        return undefined;
      }
    },
    decodeLatin1: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).latin1Slice(),
    encodeLatin1: (text) => own(Buffer.from(text, 'latin1')),
    decodeUtf16: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).ucs2Slice(),
    encodeBase64: (bytes, url) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        .toString(url ? 'base64url' : 'base64'),
    decodeBase64: (text) => own(Buffer.from(text, 'base64')),
    atob(text) {
      try { return atob(text); } catch { return undefined; }
    },
    btoa(text) {
      try { return btoa(text); } catch { return undefined; }
    },
    randomFill: (view) => { crypto.getRandomValues(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)); },
    typeOf: (value) => (util.types.isTypedArray(value) ? primordials.TypedArrayPrototypeGetSymbolToStringTag(value) : typeOf(value)),
    proxyDetails: (value) => (util.types.isProxy(value) ? binding.getProxyDetails(value, true) : undefined),
    promiseDetails: (promise) => binding.getPromiseDetails(promise),
    previewEntries: (object) => binding.previewEntries(object, true),
    constructorName: binding.getConstructorName,
    ownNonIndexProperties: (object, enumerableOnly) => binding.getOwnNonIndexProperties(object, enumerableOnly ? 2 : 0),
  };
  const internals = {
    native,
    shared: { __proto__: null, lockLate() {} },
    isToken: () => false,
    inspectPackage: compile('worker/node_modules/node-inspect-extracted/dist/inspect.js', ['exports', 'module', 'define']),
  };
  for (const file of files) {
    if (!fs.existsSync(`${root}worker/js/${file}.js`)) continue;
    compile(`worker/js/${file}.js`, ['primordials', 'internals'])(primordials, internals);
    if (file === until) break;
  }
  function afterJavaScript() {
    while (state.ticks) {
      state.ticks = false;
      hooks.runTicks();
    }
  }
  return {
    context, global, primordials, internals, shared: internals.shared, hooks, output, state, native,
    face: (name, more) => compileFace(name)(primordials, { ...internals, ...more }),
    evaluate: (source) => vm.runInContext(source, context, { filename: 'file:///main.mjs' }),
    text: (stream = 0) => output.filter((entry) => entry[0] === stream).map((entry) => entry[1]).join(''),
    // Not from within a promise: only there can microtasks be run between two callbacks.
    loop: () => new Promise((resolve, reject) => {
      const turn = () => {
        try {
          afterJavaScript();
          if (state.immediate) {
            state.immediate = null;
            hooks.runImmediates();
          } else if (state.armed?.holds) {
            state.now = Math.max(state.now, state.armed.at);
            state.armed = null;
            hooks.runTimers();
          } else {
            resolve();
            return;
          }
        } catch (error) {
          reject(error);
          return;
        }
        setImmediate(turn);
      };
      setImmediate(turn);
    }),
  };
}
