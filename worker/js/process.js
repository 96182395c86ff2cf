'use strict';
// The global `process`: enough for programs that look at it, with no power of its own. Gives shared.process and
// shared.exit.

const {
  ArrayPrototypePush, ObjectDefineProperty, StringPrototypeSlice, StringPrototypeStartsWith, SymbolToStringTag,
} = primordials;
const { native, shared } = internals;

const env = {};
const argv = ['secure-runtime'];

native.setHooks({
  __proto__: null,
  begin(job) {
    const { entry } = job;
    ArrayPrototypePush(argv, StringPrototypeStartsWith(entry, 'file://') ? StringPrototypeSlice(entry, 7) : entry);
    const { arguments: args, environment } = job;
    for (let i = 0; i < args.length; i++) ArrayPrototypePush(argv, args[i]);
    for (let i = 0; i < environment.length; i++) {
      ObjectDefineProperty(env, environment[i][0], {
        __proto__: null, value: environment[i][1], writable: true, enumerable: true, configurable: true,
      });
    }
    shared.atBegin();
  },
});

const process = {
  __proto__: { __proto__: {} },
  platform: 'linux',
  env,
  argv,
  nextTick: shared.nextTick,
  cwd() { return '/'; },
};
ObjectDefineProperty(process, SymbolToStringTag, { __proto__: null, value: 'process', configurable: true });
shared.process = process;
// Ends the job; does not return.
shared.exit = native.exit;
