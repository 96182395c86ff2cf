import { change } from './loot.mjs';
for (const name of ['onerror', 'onunhandledrejection', 'uncaughtException']) change(name, () => { globalThis[name] = (...args) => console.log('seen', ...args); });
change('process.on', () => { process.on = () => {}; });
change('listener', () => { process.addListener('uncaughtException', () => {}); });
change('toString of errors', () => { Error.prototype.toString = () => 'seen'; });
change('inspect of errors', () => { Error.prototype[Symbol.for('nodejs.util.inspect.custom')] = () => 'seen'; });
change('stack', () => { Object.defineProperty(Error.prototype, 'stack', { get: () => 'seen' }); });
