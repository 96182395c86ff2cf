import * as bound from './lib/bound.mjs';
import * as free from './lib/free.mjs';
const told = (label, promise) => promise.then((value) => console.log(`${label}: ${value.default}`), (error) => console.log(`${label}: ${error.code}`));
await told('bound', bound.load('../data/a.mjs'));
await told('free', free.load('../data/a.mjs'));
const { default: value } = await free.load('../data/a.mjs');
console.log('handed on:', value);
await told('bound, after it was loaded', bound.load('../data/a.mjs'));
await told('not shown', bound.load('../other/a.mjs'));
