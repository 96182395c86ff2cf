'use strict';
// The global `process`: enough for programs that look at it, read their input and print, with no power of its own. Gives
// shared.process and shared.exit.

const {
  ArrayPrototypePush, NumberIsInteger, ObjectDefineProperty, ObjectFreeze, StringPrototypeSlice, StringPrototypeStartsWith, SymbolToStringTag,
} = primordials;
const { native, shared } = internals;
const { validate } = shared;

const env = {};
const argv = ['secure-runtime'];

function fill(argv, env, { entry, arguments: args, environment }) {
  ArrayPrototypePush(argv, StringPrototypeStartsWith(entry, 'file://') ? StringPrototypeSlice(entry, 7) : entry);
  for (let i = 0; i < args.length; i++) ArrayPrototypePush(argv, args[i]);
  for (let i = 0; i < environment.length; i++) {
    ObjectDefineProperty(env, environment[i][0], {
      __proto__: null, value: environment[i][1], writable: true, enumerable: true, configurable: true,
    });
  }
  ObjectFreeze(argv);
  ObjectFreeze(env);
}

native.setHooks({
  __proto__: null,
  begin(job, rehearsal) {
    if (rehearsal) {
      fill(['secure-runtime'], {}, job);
    } else {
      fill(argv, env, job);
    }
    shared.lockLate(rehearsal);
  },
});

const process = {
  __proto__: { __proto__: {} },
  platform: 'linux',
  env,
  argv,
  nextTick: shared.nextTick,
  cwd() { return '/'; },
  // Ends the job at once, with the last eight bits of the code, as a process of the host would.
  exit(code = 0) {
    if (typeof code === 'string' && NumberIsInteger(+code)) code = +code;
    validate.integer(code, 'code');
    shared.exit(code & 0xff);
  },
  get stdin() { return shared.standardInput(); },
  get stdout() { return shared.outputs.stdout; },
  get stderr() { return shared.outputs.stderr; },
};
ObjectDefineProperty(process, SymbolToStringTag, { __proto__: null, value: 'process', configurable: true });
shared.process = process;
// Ends the job; does not return.
shared.exit = native.exit;
