import { change } from './loot.mjs';
const sources = {
  Function, eval: (0, eval), 'of a function': (() => {}).constructor, async: (async () => {}).constructor, generator: (function* () {}).constructor,
  'async generator': (async function* () {}).constructor, 'of a class': (class {}).constructor, 'of console': console.log.constructor, 'of an error': new Error().constructor.constructor,
  'of Error': Object.getPrototypeOf(Error).constructor, 'of a getter': Object.getOwnPropertyDescriptor(URL.prototype, 'href').get.constructor,
  'of a setter': Object.getOwnPropertyDescriptor(Object.prototype, 'toString').set.constructor, 'of a bound one': (function () {}).bind().constructor,
  'of a proxy': new Proxy(() => {}, {}).constructor, 'of a namespace': import.meta.constructor ?? Object.constructor,
};
for (const [label, source] of Object.entries(sources)) {
  change(label, () => source('return this')());
  change(`${label} with new`, () => Reflect.construct(source, ['return globalThis'])());
}
change('setTimeout', () => setTimeout('globalThis.ran = 1', 0));
change('setInterval', () => setInterval('globalThis.ran = 1', 0));
change('setImmediate', () => setImmediate('globalThis.ran = 1'));
change('queueMicrotask', () => queueMicrotask('globalThis.ran = 1'));
change('nextTick', () => process.nextTick('globalThis.ran = 1'));
change('replaced Function', () => { Function.prototype.constructor = () => {}; });
change('subclass', () => new (class extends Function {})('return 1'));
await import('data:text/javascript,globalThis.ran = 1').catch((error) => console.log('import', error.code));
console.log(globalThis.ran);
