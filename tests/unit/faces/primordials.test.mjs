import assert from 'node:assert';
import test from 'node:test';

import { makeRuntime } from './harness.mjs';

const { primordials, global } = makeRuntime({ until: 'errors' });

test('a name is what the language calls so', () => {
  const list = global.Array.of(1);
  primordials.ArrayPrototypePushApply(list, global.Array.of(2, 3));
  assert.deepEqual([...list], [1, 2, 3]);
  assert.equal(primordials.MathMaxApply([1, 3, 2]), 3);
  assert.equal(primordials.MathPI, Math.PI);
  assert.equal(primordials.MapPrototypeGetSize(new global.Map([[1, 2]])), 1);
  assert.equal(primordials.SymbolIterator, Symbol.iterator);
  assert.equal(primordials.TypedArrayPrototypeGetSymbolToStringTag(new global.Uint8Array()), 'Uint8Array');
  assert.equal(primordials.ArrayPrototypeSlice, primordials.ArrayPrototypeSlice);
});

test('a name that the language does not have is an error', () => {
  for (const name of ['ArrayPrototypePsh', 'MathNope', 'arrayPrototypePush', 'constructor', 'toString', '__proto__', '']) {
    assert.throws(() => primordials[name], { name: 'TypeError' }, name);
  }
});

test('nothing can be added', () => {
  assert.throws(() => { 'use strict'; primordials.Own = 1; }, { name: 'TypeError' });
});
