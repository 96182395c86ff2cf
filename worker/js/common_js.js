'use strict';
// What a CommonJS module is given beside its code: `module` and `require`. Each module has its own of both, and nothing in
// them leads to another module's: no shared cache, no parent, no children.

const {
  ArrayPrototypePush, ObjectDefineProperty, ObjectFreeze, StringPrototypeLastIndexOf, StringPrototypeSlice,
} = primordials;
const { native, shared } = internals;
const { invalidArgType, typeErrorWithCode } = shared.errors;

// Of what was required: that there is one is all that can be seen of it.
const inertParent = ObjectFreeze({ __proto__: null });
ArrayPrototypePush(shared.roots, inertParent);

function hidden(object, name, value) {
  ObjectDefineProperty(object, name, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
}

function checked(specifier, name) {
  if (typeof specifier !== 'string') throw invalidArgType(name, 'string', specifier);
  if (specifier === '') {
    throw typeErrorWithCode('ERR_INVALID_ARG_VALUE', `The argument '${name}' must be a non-empty string. Received ''`);
  }
  return specifier;
}

// `origin`: 0 the entry of the job, 1 imported, 2 required. `load(specifier)` gives what that module exports,
// `find(specifier)` its name.
native.setHooks({
  __proto__: null,
  makeCommonJs(filename, origin, load, find) {
    const slash = StringPrototypeLastIndexOf(filename, '/');
    const module = {
      id: origin === 0 ? '.' : filename,
      path: slash === 0 ? '/' : StringPrototypeSlice(filename, 0, slash),
      exports: {},
      filename,
      loaded: false,
      children: [],
      paths: [],
    };
    const { require, resolve, paths } = {
      require(specifier) { return load(checked(specifier, 'id')); },
      resolve(specifier, options = undefined) {
        if (options?.paths !== undefined) {
          throw typeErrorWithCode('ERR_INVALID_ARG_VALUE', 'require.resolve() takes no paths here');
        }
        return find(checked(specifier, 'request'));
      },
      paths(specifier) {
        checked(specifier, 'request');
        return null;
      },
    };
    resolve.paths = ObjectFreeze(paths);
    require.resolve = ObjectFreeze(resolve);
    require.main = origin === 0 ? module : undefined;
    // Its own, and nothing looks at them.
    require.cache = { __proto__: null };
    require.extensions = { __proto__: null };
    ObjectFreeze(require);
    hidden(module, 'parent', origin === 0 ? null : origin === 1 ? undefined : inertParent);
    hidden(module, 'require', require);
    return module;
  },
});
