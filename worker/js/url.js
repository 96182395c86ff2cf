'use strict';
// URL and URLSearchParams (url.spec.whatwg.org) over ada. Gives shared.URL, shared.URLSearchParams, shared.pathOfUrl.

const {
  ArrayIsArray, ArrayPrototypePush, ArrayPrototypeSort, IteratorPrototype, NumberPrototypeToString,
  ObjectDefineProperties, ObjectSetPrototypeOf, ReflectApply, ReflectGetOwnPropertyDescriptor, ReflectOwnKeys,
  RegExpPrototypeExec, String, StringFromCharCode, StringPrototypeIncludes, StringPrototypeIndexOf,
  StringPrototypeReplaceAll, StringPrototypeSlice, StringPrototypeSplit, StringPrototypeToUpperCase,
  StringPrototypeToWellFormed, SymbolFor, SymbolIterator, SymbolToStringTag, TypedArrayPrototypeGetLength,
  TypedArrayPrototypeSubarray, Uint32Array, Uint8Array, decodeURIComponent,
} = primordials;
const { native, shared } = internals;
const { putOwn, typeErrorWithCode } = shared.errors;

const inspectCustom = SymbolFor('nodejs.util.inspect.custom');
const enumerable = { __proto__: null, enumerable: true };
const kOmitted = 0xffffffff;

function text(value) { return StringPrototypeToWellFormed(`${value}`); }

function missing(...names) {
  let list = '"' + names[0] + '"';
  for (let i = 1; i < names.length; i++) list += (i === names.length - 1 ? ' and ' : ', ') + '"' + names[i] + '"';
  return typeErrorWithCode('ERR_MISSING_ARGS',
                           `The ${list} argument${names.length > 1 ? 's' : ''} must be specified`);
}

// --- application/x-www-form-urlencoded ---
const hexValue = (unit) => (unit >= 48 && unit <= 57 ? unit - 48 : unit >= 65 && unit <= 70 ? unit - 55 :
  unit >= 97 && unit <= 102 ? unit - 87 : -1);
function percentDecode(part) {
  part = StringPrototypeReplaceAll(part, '+', ' ');
  if (!StringPrototypeIncludes(part, '%')) return part;
  const input = native.encodeUtf8(part);
  const length = TypedArrayPrototypeGetLength(input);
  const output = new Uint8Array(length);
  let used = 0;
  for (let i = 0; i < length; i++) {
    const high = input[i] === 37 && i + 2 < length ? hexValue(input[i + 1]) : -1;
    const low = high >= 0 ? hexValue(input[i + 2]) : -1;
    if (low >= 0) {
      output[used++] = high * 16 + low;
      i += 2;
    } else {
      output[used++] = input[i];
    }
  }
  return native.decodeUtf8(TypedArrayPrototypeSubarray(output, 0, used), false);
}
function parseForm(input) {
  const list = [];
  const parts = StringPrototypeSplit(input, '&');
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (part === '') continue;
    const at = StringPrototypeIndexOf(part, '=');
    ArrayPrototypePush(list, percentDecode(at < 0 ? part : StringPrototypeSlice(part, 0, at)));
    ArrayPrototypePush(list, at < 0 ? '' : percentDecode(StringPrototypeSlice(part, at + 1)));
  }
  return list;
}
const formPlain = /^[A-Za-z0-9*\-._]*$/;
const encodedBytes = [];
for (let i = 0; i < 256; i++) {
  const char = StringFromCharCode(i);
  encodedBytes[i] = i < 128 && RegExpPrototypeExec(formPlain, char) !== null ? char :
    i === 32 ? '+' : '%' + (i < 16 ? '0' : '') + StringPrototypeToUpperCase(NumberPrototypeToString(i, 16));
}
function formEncode(value) {
  if (RegExpPrototypeExec(formPlain, value) !== null) return value;
  const bytes = native.encodeUtf8(value);
  const length = TypedArrayPrototypeGetLength(bytes);
  let out = '';
  for (let i = 0; i < length; i++) out += encodedBytes[bytes[i]];
  return out;
}
function serializeForm(list) {
  let out = '';
  for (let i = 0; i < list.length; i += 2) {
    out += (i > 0 ? '&' : '') + formEncode(list[i]) + '=' + formEncode(list[i + 1]);
  }
  return out;
}

// --- URLSearchParams ---
let paramsOf, setParams, attach;
class ParamsIterator {
  #params;
  #kind;
  #at = 0;
  constructor(params, kind) {
    this.#params = params;
    this.#kind = kind;
  }
  next() {
    const list = paramsOf(this.#params);
    if (this.#at >= list.length) return { value: undefined, done: true };
    const key = list[this.#at];
    const value = list[this.#at + 1];
    this.#at += 2;
    return { value: this.#kind === 'keys' ? key : this.#kind === 'values' ? value : [key, value], done: false };
  }
  [inspectCustom](depth, options, inspect) {
    const list = paramsOf(this.#params);
    const left = [];
    for (let i = this.#at; i < list.length; i += 2) {
      ArrayPrototypePush(left, this.#kind === 'keys' ? list[i] : this.#kind === 'values' ? list[i + 1] :
        [list[i], list[i + 1]]);
    }
    const shown = inspect(left, options);
    return `URLSearchParams Iterator {${StringPrototypeSlice(shown, 1, shown.length - 1)}}`;
  }
}
ObjectSetPrototypeOf(ParamsIterator.prototype, IteratorPrototype);
delete ParamsIterator.prototype.constructor;
ObjectDefineProperties(ParamsIterator.prototype, {
  __proto__: null, next: enumerable, [inspectCustom]: { __proto__: null, enumerable: false },
  [SymbolToStringTag]: { __proto__: null, value: 'URLSearchParams Iterator', configurable: true },
});
ArrayPrototypePush(shared.roots, ParamsIterator);

class URLSearchParams {
  #list = [];
  #url = null;

  constructor(init = undefined) {
    if (init === undefined) return;
    if (init !== null && (typeof init === 'object' || typeof init === 'function')) {
      const iterate = init[SymbolIterator];
      if (iterate === undefined || iterate === null) {
        const keys = ReflectOwnKeys(init);
        for (let i = 0; i < keys.length; i++) {
          const descriptor = ReflectGetOwnPropertyDescriptor(init, keys[i]);
          if (descriptor === undefined || !descriptor.enumerable) continue;
          const name = text(keys[i]);
          const value = text(init[keys[i]]);
          let known = -1;
          for (let k = 0; k < this.#list.length; k += 2) if (this.#list[k] === name) known = k;
          if (known >= 0) {
            this.#list[known + 1] = value;
          } else {
            ArrayPrototypePush(this.#list, name);
            ArrayPrototypePush(this.#list, value);
          }
        }
        return;
      }
      if (typeof iterate !== 'function') {
        throw typeErrorWithCode('ERR_ARG_NOT_ITERABLE', 'Query pairs must be iterable');
      }
      if (typeof init === 'object' && #list in init && iterate === URLSearchParams.prototype[SymbolIterator]) {
        const list = init.#list;
        for (let i = 0; i < list.length; i++) ArrayPrototypePush(this.#list, list[i]);
        return;
      }
      const invalid = () => typeErrorWithCode('ERR_INVALID_TUPLE',
                                              'Each query pair must be an iterable [name, value] tuple');
      for (let walk = ReflectApply(iterate, init, []), step = walk.next(); !step.done; step = walk.next()) {
        const pair = step.value;
        if (pair === null || typeof pair !== 'object' && typeof pair !== 'function' ||
            typeof pair[SymbolIterator] !== 'function') {
          throw invalid();
        }
        const parts = [];
        if (ArrayIsArray(pair)) {
          for (let i = 0; i < pair.length && i < 3; i++) parts[i] = pair[i];
        } else {
          const inner = pair[SymbolIterator]();
          for (let one = inner.next(); !one.done && parts.length < 3; one = inner.next()) {
            ArrayPrototypePush(parts, one.value);
          }
        }
        if (parts.length !== 2) throw invalid();
        ArrayPrototypePush(this.#list, text(parts[0]));
        ArrayPrototypePush(this.#list, text(parts[1]));
      }
      return;
    }
    let query = text(init);
    if (query[0] === '?') query = StringPrototypeSlice(query, 1);
    this.#list = parseForm(query);
  }

  static {
    paramsOf = (params) => params.#list;
    setParams = (params, query) => { params.#list = parseForm(query); };
    attach = (params, url) => { params.#url = url; };
  }

  #changed() {
    if (this.#url !== null) setQuery(this.#url, serializeForm(this.#list));
  }

  get size() { return this.#list.length / 2; }
  append(name, value) {
    if (arguments.length < 2) throw missing('name', 'value');
    ArrayPrototypePush(this.#list, text(name));
    ArrayPrototypePush(this.#list, text(value));
    this.#changed();
  }
  delete(name, value = undefined) {
    if (arguments.length < 1) throw missing('name');
    name = text(name);
    if (value !== undefined) value = text(value);
    const kept = [];
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name && (value === undefined || list[i + 1] === value)) continue;
      ArrayPrototypePush(kept, list[i]);
      ArrayPrototypePush(kept, list[i + 1]);
    }
    this.#list = kept;
    this.#changed();
  }
  get(name) {
    if (arguments.length < 1) throw missing('name');
    name = text(name);
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) if (list[i] === name) return list[i + 1];
    return null;
  }
  getAll(name) {
    if (arguments.length < 1) throw missing('name');
    name = text(name);
    const values = [];
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) if (list[i] === name) ArrayPrototypePush(values, list[i + 1]);
    return values;
  }
  has(name, value = undefined) {
    if (arguments.length < 1) throw missing('name');
    name = text(name);
    if (value !== undefined) value = text(value);
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name && (value === undefined || list[i + 1] === value)) return true;
    }
    return false;
  }
  set(name, value) {
    if (arguments.length < 2) throw missing('name', 'value');
    name = text(name);
    value = text(value);
    const kept = [];
    const list = this.#list;
    let found = false;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name && found) continue;
      ArrayPrototypePush(kept, list[i]);
      ArrayPrototypePush(kept, list[i] === name ? value : list[i + 1]);
      if (list[i] === name) found = true;
    }
    if (!found) {
      ArrayPrototypePush(kept, name);
      ArrayPrototypePush(kept, value);
    }
    this.#list = kept;
    this.#changed();
  }
  sort() {
    const pairs = [];
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) {
      ArrayPrototypePush(pairs, { __proto__: null, name: list[i], value: list[i + 1] });
    }
    // By code units, as `<` compares strings; ArrayPrototypeSort is stable.
    ArrayPrototypeSort(pairs, (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    const sorted = [];
    for (let i = 0; i < pairs.length; i++) {
      ArrayPrototypePush(sorted, pairs[i].name);
      ArrayPrototypePush(sorted, pairs[i].value);
    }
    this.#list = sorted;
    this.#changed();
  }
  forEach(callback, receiver = undefined) {
    shared.validate.function(callback, 'callback');
    for (let i = 0; i < this.#list.length; i += 2) {
      ReflectApply(callback, receiver, [this.#list[i + 1], this.#list[i], this]);
    }
  }
  entries() {
    this.#list;
    return new ParamsIterator(this, 'entries');
  }
  keys() {
    this.#list;
    return new ParamsIterator(this, 'keys');
  }
  values() {
    this.#list;
    return new ParamsIterator(this, 'values');
  }
  toString() { return serializeForm(this.#list); }

  [inspectCustom](depth, options, inspect) {
    const list = this.#list;
    if (typeof depth === 'number' && depth < 0) return options.stylize('[Object]', 'special');
    if (list.length === 0) return 'URLSearchParams {}';
    let shown = '';
    for (let i = 0; i < list.length; i += 2) {
      shown += (i > 0 ? ', ' : '') + inspect(list[i], options) + ' => ' + inspect(list[i + 1], options);
    }
    return `URLSearchParams { ${shown} }`;
  }
}
ObjectDefineProperties(URLSearchParams.prototype, {
  __proto__: null, append: enumerable, delete: enumerable, get: enumerable, getAll: enumerable, has: enumerable,
  set: enumerable, sort: enumerable, size: enumerable, forEach: enumerable, entries: enumerable, keys: enumerable,
  values: enumerable, toString: enumerable,
  [SymbolToStringTag]: { __proto__: null, value: 'URLSearchParams', configurable: true },
  [SymbolIterator]: { __proto__: null, value: URLSearchParams.prototype.entries, writable: true, configurable: true },
});

// --- URL ---
const components = new Uint32Array(9);
const kHref = 0, kHash = 1, kPort = 2, kHost = 3, kHostname = 4, kPathname = 5, kSearch = 6, kProtocol = 7,
  kUsername = 8, kPassword = 9;
const specialSchemes = {
  __proto__: null, 'http:': true, 'https:': true, 'ws:': true, 'wss:': true, 'ftp:': true,
};

function invalidUrl(input, base) {
  const error = typeErrorWithCode('ERR_INVALID_URL', 'Invalid URL');
  putOwn(error, 'input', input);
  if (base !== undefined) putOwn(error, 'base', base);
  return error;
}

let setQuery, hrefOf, isUrl;
class URL {
  #href = '';
  #protocolEnd = 0;
  #usernameEnd = 0;
  #hostStart = 0;
  #hostEnd = 0;
  #port = 0;
  #pathStart = 0;
  #searchStart = 0;
  #hashStart = 0;
  #params = null;

  constructor(input, base = undefined) {
    if (arguments.length === 0) throw missing('url');
    input = `${input}`;
    if (base !== undefined) base = `${base}`;
    const href = native.urlParse(input, base, components);
    if (href === undefined) throw invalidUrl(input, base);
    this.#take(href);
  }

  static {
    setQuery = (url, query) => {
      const href = native.urlUpdate(url.#href, kSearch, query, components);
      if (href !== undefined) url.#take(href);
    };
    isUrl = (value) => typeof value === 'object' && value !== null && #href in value;
    hrefOf = (url) => url.#href;
  }

  #take(href) {
    this.#href = href;
    this.#protocolEnd = components[0];
    this.#usernameEnd = components[1];
    this.#hostStart = components[2];
    this.#hostEnd = components[3];
    this.#port = components[4];
    this.#pathStart = components[5];
    this.#searchStart = components[6];
    this.#hashStart = components[7];
  }
  #update(field, value) {
    const href = native.urlUpdate(this.#href, field, value, components);
    if (href !== undefined) this.#take(href);
    return href !== undefined;
  }
  #queryChanged() {
    if (this.#params !== null) setParams(this.#params, StringPrototypeSlice(this.search, 1));
  }

  static canParse(input, base = undefined) {
    if (arguments.length === 0) throw missing('url');
    return native.urlCanParse(`${input}`, base === undefined ? undefined : `${base}`);
  }
  static parse(input, base = undefined) {
    if (arguments.length === 0) throw missing('url');
    input = `${input}`;
    if (base !== undefined) base = `${base}`;
    return native.urlCanParse(input, base) ? new URL(input, base) : null;
  }

  get href() { return this.#href; }
  set href(value) {
    value = `${value}`;
    if (!this.#update(kHref, value)) throw invalidUrl(value);
    this.#queryChanged();
  }
  get origin() {
    const { protocol } = this;
    if (specialSchemes[protocol]) return `${protocol}//${this.host}`;
    if (protocol === 'blob:') {
      const path = this.pathname;
      if (path !== '' && native.urlCanParse(path, undefined)) {
        const inner = new URL(path);
        const scheme = inner.protocol;
        if (scheme === 'http:' || scheme === 'https:') return `${scheme}//${inner.host}`;
      }
    }
    return 'null';
  }
  get protocol() { return StringPrototypeSlice(this.#href, 0, this.#protocolEnd); }
  set protocol(value) { this.#update(kProtocol, `${value}`); }
  get username() {
    const from = this.#protocolEnd + 2;
    return from < this.#usernameEnd ? StringPrototypeSlice(this.#href, from, this.#usernameEnd) : '';
  }
  set username(value) { this.#update(kUsername, `${value}`); }
  get password() {
    const from = this.#usernameEnd + 1;
    return from <= this.#hostStart ? StringPrototypeSlice(this.#href, from, this.#hostStart) : '';
  }
  set password(value) { this.#update(kPassword, `${value}`); }
  get host() {
    let from = this.#hostStart;
    if (this.#href[from] === '@') from++;
    return StringPrototypeSlice(this.#href, from, this.#portEnd());
  }
  set host(value) { this.#update(kHost, `${value}`); }
  // ada's pathname_start stands after the "/." that a path beginning with "//" is given where there is no host.
  #portEnd() {
    if (this.#port === kOmitted) return this.#hostEnd;
    return this.#hostEnd + 1 + String(this.#port).length;
  }
  get hostname() {
    let from = this.#hostStart;
    if (this.#href[from] === '@') from++;
    return StringPrototypeSlice(this.#href, from, this.#hostEnd);
  }
  set hostname(value) { this.#update(kHostname, `${value}`); }
  get port() { return this.#port === kOmitted ? '' : String(this.#port); }
  set port(value) { this.#update(kPort, `${value}`); }
  get pathname() {
    const end = this.#searchStart !== kOmitted ? this.#searchStart :
      this.#hashStart !== kOmitted ? this.#hashStart : this.#href.length;
    return StringPrototypeSlice(this.#href, this.#pathStart, end);
  }
  set pathname(value) { this.#update(kPathname, `${value}`); }
  get search() {
    if (this.#searchStart === kOmitted) return '';
    const end = this.#hashStart !== kOmitted ? this.#hashStart : this.#href.length;
    return end - this.#searchStart <= 1 ? '' : StringPrototypeSlice(this.#href, this.#searchStart, end);
  }
  set search(value) {
    this.#update(kSearch, text(value));
    this.#queryChanged();
  }
  get searchParams() {
    if (this.#params === null) {
      this.#params = new URLSearchParams(this.search);
      attach(this.#params, this);
    }
    return this.#params;
  }
  get hash() {
    if (this.#hashStart === kOmitted || this.#href.length - this.#hashStart <= 1) return '';
    return StringPrototypeSlice(this.#href, this.#hashStart);
  }
  set hash(value) { this.#update(kHash, `${value}`); }
  toString() { return this.#href; }
  toJSON() { return this.#href; }

  [inspectCustom](depth, options, inspect) {
    if (typeof depth === 'number' && depth < 0) return this.#href;
    const shown = {
      __proto__: { __proto__: null, constructor: this.constructor === undefined ? URL : this.constructor },
      href: this.href, origin: this.origin, protocol: this.protocol, username: this.username, password: this.password,
      host: this.host, hostname: this.hostname, port: this.port, pathname: this.pathname, search: this.search,
      searchParams: this.searchParams, hash: this.hash,
    };
    const body = inspect(shown, options);
    return `${shown.constructor.name} ${StringPrototypeSlice(body, StringPrototypeIndexOf(body, '{'))}`;
  }
}
const shownUrl = {
  __proto__: null, toString: enumerable, href: enumerable, origin: enumerable, protocol: enumerable,
  username: enumerable, password: enumerable, host: enumerable, hostname: enumerable, port: enumerable,
  pathname: enumerable, search: enumerable, searchParams: enumerable, hash: enumerable, toJSON: enumerable,
  [SymbolToStringTag]: { __proto__: null, value: 'URL', configurable: true },
};
ObjectDefineProperties(URL.prototype, shownUrl);
ObjectDefineProperties(URL, { __proto__: null, canParse: enumerable, parse: enumerable });

// The guest path that a file: URL names, by node:url's fileURLToPath; undefined for what is not a URL object.
function pathOfUrl(value) {
  if (!isUrl(value)) return undefined;
  const href = hrefOf(value);
  if (StringPrototypeSlice(href, 0, 5) !== 'file:') {
    throw typeErrorWithCode('ERR_INVALID_URL_SCHEME', 'The URL must be of scheme file');
  }
  const url = new URL(href);
  if (url.hostname !== '') {
    throw typeErrorWithCode('ERR_INVALID_FILE_URL_HOST', 'File URL host must be "localhost" or empty on linux');
  }
  const { pathname } = url;
  if (!StringPrototypeIncludes(pathname, '%')) return pathname;
  if (RegExpPrototypeExec(/%2f/i, pathname) !== null) {
    throw typeErrorWithCode('ERR_INVALID_FILE_URL_PATH', 'File URL path must not include encoded / characters');
  }
  return decodeURIComponent(pathname);
}

shared.URL = URL;
shared.URLSearchParams = URLSearchParams;
shared.pathOfUrl = pathOfUrl;
