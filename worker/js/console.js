'use strict';
// The global `console`, as Node prints. Gives shared.console.

const {
  ArrayIsArray, ArrayPrototypeJoin, ArrayPrototypePush, ArrayPrototypeUnshift, Error,
  ErrorCaptureStackTrace, MapIteratorPrototypeNext, MapPrototypeEntries, MathFloor, MathMax, Number,
  NumberPrototypeToFixed, ObjectDefineProperty, ObjectKeys, ObjectPrototypeHasOwnProperty, ReflectApply, SafeMap,
  SetIteratorPrototypeNext, SetPrototypeValues, String, StringPrototypeCodePointAt, StringPrototypeIncludes,
  StringPrototypePadStart, StringPrototypeRepeat, StringPrototypeReplaceAll, StringPrototypeSlice,
  StringPrototypeSplit, SymbolToStringTag,
} = primordials;
const { native, shared } = internals;
const { formatWithOptions, inspect, previewEntries, types } = shared;
const { isMap, isMapIterator, isSet, isSetIterator } = types;

const kOut = 0;
const kError = 1;
const plain = { __proto__: null };

let indentation = '';
function write(stream, text) {
  if (indentation !== '') {
    if (StringPrototypeIncludes(text, '\n')) text = StringPrototypeReplaceAll(text, '\n', '\n' + indentation);
    text = indentation + text;
  }
  native.writeOutput(stream, text + '\n');
}
function print(stream, args) {
  if (args.length === 1 && typeof args[0] === 'string') {
    write(stream, args[0]);
    return;
  }
  const list = [plain];
  for (let i = 0; i < args.length; i++) ArrayPrototypePush(list, args[i]);
  write(stream, ReflectApply(formatWithOptions, undefined, list));
}
function warnOnce(text) { native.writeOutput(kError, `Warning: ${text}\n`); }

// Timers by label.
const kSecond = 1000;
const kMinute = 60 * kSecond;
const kHour = 60 * kMinute;
function formatTime(ms) {
  let hours = 0;
  let minutes = 0;
  let seconds = 0;
  if (ms >= kHour) {
    hours = MathFloor(ms / kHour);
    ms %= kHour;
  }
  if (ms >= kMinute) {
    minutes = MathFloor(ms / kMinute);
    ms %= kMinute;
  }
  if (ms >= kSecond || hours !== 0 || minutes !== 0) seconds = ms / kSecond;
  if (hours !== 0 || minutes !== 0) {
    const parts = StringPrototypeSplit(NumberPrototypeToFixed(seconds, 3), '.');
    const pad = (value) => StringPrototypePadStart(String(value), 2, '0');
    const head = hours !== 0 ? `${hours}:${pad(minutes)}` : minutes;
    return `${head}:${pad(parts[0])}.${parts[1]} (${hours !== 0 ? 'h:m' : ''}m:ss.mmm)`;
  }
  if (seconds !== 0) return NumberPrototypeToFixed(seconds, 3) + 's';
  return Number(NumberPrototypeToFixed(ms, 3)) + 'ms';
}
const started = new SafeMap();
function elapsed(method, label) {
  const since = started.get(label);
  if (since === undefined) {
    warnOnce(`No such label '${label}' for console.${method}()`);
    return undefined;
  }
  return `${label}: ${formatTime(native.now() - since)}`;
}
const counts = new SafeMap();

// console.table
function width(text) {
  let columns = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = StringPrototypeCodePointAt(text, i);
    if (unit > 0xffff) i++;
    if (unit >= 0x300 && unit <= 0x36f || unit === 0x200d || unit >= 0xfe00 && unit <= 0xfe0f) continue;
    const wide = unit >= 0x1100 && (unit <= 0x115f || unit >= 0x2e80 && unit <= 0xa4cf ||
        unit >= 0xac00 && unit <= 0xd7a3 || unit >= 0xf900 && unit <= 0xfaff || unit >= 0xfe30 && unit <= 0xfe6f ||
        unit >= 0xff00 && unit <= 0xff60 || unit >= 0xffe0 && unit <= 0xffe6 || unit >= 0x1f300 && unit <= 0x1f64f ||
        unit >= 0x1f900 && unit <= 0x1f9ff || unit >= 0x20000 && unit <= 0x3fffd);
    columns += wide ? 2 : 1;
  }
  return columns;
}
function renderRow(row, widths) {
  let out = '│';
  for (let i = 0; i < row.length; i++) {
    out += ' ' + row[i] + StringPrototypeRepeat(' ', widths[i] - width(row[i]) - 1) + '│';
  }
  return out + '\n';
}
function renderTable(head, columns) {
  const rows = [];
  const widths = [];
  let longest = 0;
  for (let i = 0; i < columns.length; i++) longest = MathMax(longest, columns[i].length);
  for (let i = 0; i < head.length; i++) widths[i] = width(head[i]) + 2;
  for (let j = 0; j < longest; j++) rows[j] = [];
  for (let i = 0; i < head.length; i++) {
    const column = columns[i];
    for (let j = 0; j < longest; j++) {
      const cell = rows[j][i] = ObjectPrototypeHasOwnProperty(column, j) ? column[j] : '';
      widths[i] = MathMax(widths[i], width(cell) + 2);
    }
  }
  const line = (left, middle, right) => {
    const parts = [];
    for (let i = 0; i < widths.length; i++) parts[i] = StringPrototypeRepeat('─', widths[i]);
    return left + ArrayPrototypeJoin(parts, middle) + right;
  };
  let out = line('┌', '┬', '┐') + '\n' + renderRow(head, widths) + line('├', '┼', '┤') + '\n';
  for (let j = 0; j < longest; j++) out += renderRow(rows[j], widths);
  return out + line('└', '┴', '┘');
}
const kMaxKeys = 1000;
function formatCell(value) {
  const object = typeof value === 'object' && value !== null;
  return inspect(value, {
    __proto__: null, maxArrayLength: 3, breakLength: Infinity,
    depth: object && !ArrayIsArray(value) && ObjectKeys(value).length > 2 ? -1 : 0,
  });
}
function tableOfValues(name, values) {
  const keys = [];
  const cells = [];
  for (let i = 0; i < values.length; i++) {
    keys[i] = String(i);
    cells[i] = formatCell(values[i]);
  }
  return renderTable([name, 'Values'], [keys, cells]);
}
function tableOfEntries(pairs) {
  const index = [];
  const keys = [];
  const values = [];
  for (let i = 0; i < pairs.length; i += 2) {
    ArrayPrototypePush(index, String(i / 2));
    ArrayPrototypePush(keys, formatCell(pairs[i]));
    ArrayPrototypePush(values, formatCell(pairs[i + 1]));
  }
  return renderTable(['(iteration index)', 'Key', 'Values'], [index, keys, values]);
}
function entriesOf(map) {
  const pairs = [];
  const iterator = MapPrototypeEntries(map);
  for (let step = MapIteratorPrototypeNext(iterator); !step.done; step = MapIteratorPrototypeNext(iterator)) {
    ArrayPrototypePush(pairs, step.value[0]);
    ArrayPrototypePush(pairs, step.value[1]);
  }
  return pairs;
}
function valuesOf(set) {
  const values = [];
  const iterator = SetPrototypeValues(set);
  for (let step = SetIteratorPrototypeNext(iterator); !step.done; step = SetIteratorPrototypeNext(iterator)) {
    ArrayPrototypePush(values, step.value);
  }
  return values;
}
function tableOfRows(data, properties) {
  const columns = { __proto__: null };
  const names = [];
  let hasPrimitives = false;
  const primitives = [];
  const index = ObjectKeys(data);
  for (let i = 0; i < index.length; i++) {
    const item = data[index[i]];
    const primitive = item === null || typeof item !== 'function' && typeof item !== 'object';
    if (primitive && properties === undefined) {
      hasPrimitives = true;
      primitives[i] = formatCell(item);
      continue;
    }
    const keys = properties ?? ObjectKeys(item);
    const limit = properties === undefined && keys.length > kMaxKeys ? kMaxKeys : keys.length;
    for (let k = 0; k < limit; k++) {
      const key = keys[k];
      if (columns[key] === undefined) {
        columns[key] = [];
        ArrayPrototypePush(names, key);
      }
      columns[key][i] = !primitive && ObjectPrototypeHasOwnProperty(item, key) ? formatCell(item[key]) : '';
    }
  }
  const ordered = ObjectKeys(columns);
  const head = ['(index)'];
  const cells = [index];
  for (let i = 0; i < ordered.length; i++) {
    ArrayPrototypePush(head, ordered[i]);
    const column = columns[ordered[i]];
    column.length = MathMax(column.length, index.length);
    ArrayPrototypePush(cells, column);
  }
  if (hasPrimitives) {
    ArrayPrototypePush(head, 'Values');
    primitives.length = index.length;
    ArrayPrototypePush(cells, primitives);
  }
  return renderTable(head, cells);
}

const methods = {
  log(...args) { print(kOut, args); },
  warn(...args) { print(kError, args); },
  error(...args) { print(kError, args); },
  dir(object, options) { write(kOut, inspect(object, { __proto__: null, customInspect: false, ...options })); },
  time(label = 'default') {
    label = `${label}`;
    if (started.has(label)) warnOnce(`Label '${label}' already exists for console.time()`);
    else started.set(label, native.now());
  },
  timeEnd(label = 'default') {
    label = `${label}`;
    const text = elapsed('timeEnd', label);
    if (text === undefined) return;
    started.delete(label);
    write(kOut, text);
  },
  timeLog(label = 'default', ...data) {
    const text = elapsed('timeLog', `${label}`);
    if (text === undefined) return;
    ArrayPrototypeUnshift(data, text);
    ArrayPrototypeUnshift(data, '%s');
    print(kOut, data);
  },
  trace: function trace(...args) {
    const error = new Error();
    error.name = 'Trace';
    if (args.length > 0) {
      ArrayPrototypeUnshift(args, plain);
      error.message = ReflectApply(formatWithOptions, undefined, args);
    }
    ErrorCaptureStackTrace(error, trace);
    write(kError, error.stack);
  },
  assert(condition, ...args) {
    if (condition) return;
    if (typeof args[0] === 'string') args[0] = `Assertion failed: ${args[0]}`;
    else ArrayPrototypeUnshift(args, 'Assertion failed');
    print(kError, args);
  },
  clear() {},
  count(label = 'default') {
    label = `${label}`;
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    write(kOut, `${label}: ${count}`);
  },
  countReset(label = 'default') {
    label = `${label}`;
    if (!counts.delete(label)) warnOnce(`Count for '${label}' does not exist`);
  },
  group(...data) {
    if (data.length > 0) print(kOut, data);
    if (indentation.length < 1000) indentation += '  ';
  },
  groupEnd() { indentation = StringPrototypeSlice(indentation, 0, indentation.length - 2); },
  table(data, properties) {
    if (data === null || typeof data !== 'object') {
      print(kOut, [data]);
      return;
    }
    if (properties !== undefined && !ArrayIsArray(properties)) {
      throw shared.errors.invalidArgType('properties', 'Array', properties);
    }
    if (isMap(data)) {
      write(kOut, tableOfEntries(entriesOf(data)));
    } else if (isMapIterator(data)) {
      const preview = previewEntries(data, true);
      write(kOut, preview[1] ? tableOfEntries(preview[0]) : tableOfValues('(iteration index)', preview[0]));
    } else if (isSet(data) || isSetIterator(data)) {
      const values = isSet(data) ? valuesOf(data) : previewEntries(data, false);
      write(kOut, tableOfValues('(iteration index)', values));
    } else {
      write(kOut, tableOfRows(data, properties));
    }
  },
};
methods.debug = methods.log;
methods.info = methods.log;
methods.dirxml = methods.log;
methods.groupCollapsed = methods.group;

const console = { __proto__: {} };
const order = [
  'log', 'warn', 'dir', 'time', 'timeEnd', 'timeLog', 'trace', 'assert', 'clear', 'count', 'countReset', 'group',
  'groupEnd', 'table', 'debug', 'info', 'dirxml', 'error', 'groupCollapsed',
];
for (let i = 0; i < order.length; i++) console[order[i]] = methods[order[i]];
ObjectDefineProperty(console, SymbolToStringTag, { __proto__: null, value: 'console', configurable: true });
shared.console = console;
