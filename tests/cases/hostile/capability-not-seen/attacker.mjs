import { take } from './loot.mjs';
// Bait in the collections of the language: whatever comes by would be kept.
class Registry extends FinalizationRegistry {}
export const registry = new Registry((held) => take(held));
export class Keeper extends WeakMap {
  set(key, value) {
    take(key, value);
    return super.set(key, value);
  }
}
const custom = Symbol.for('nodejs.util.inspect.custom');
export const shown = {
  [custom](depth, options, inspect) {
    take(options, options.seen, options.userOptions, inspect, ...Object.values(options));
    for (const change of [
      () => { inspect.defaultOptions = { showProxy: true }; }, () => { inspect.defaultOptions.depth = 0; }, () => { inspect.custom = 1; }, () => { inspect.styles.string = 1; }, () => { inspect.colors.red = 1; },
      () => { options.stylize.more = 1; }, () => { inspect.more = 1; },
    ]) {
      try {
        change();
        console.log('changed', String(change));
      } catch {}
    }
    return 'shown';
  },
};
