import { take } from './loot.mjs';
const make = (body) => new Function('take', body)(take);
export const climb = make(`return function climb() {
  let at = climb;
  for (let i = 0; i < 20 && at; i++) { at = at.caller; take(at, at && at.arguments); }
  take(climb.arguments, arguments.callee === climb);
  return typeof at;
}`);
export const spoil = make(`return { toString: function toString() { take(toString.caller, toString.arguments); return '/docs/secret.txt'; } }`);
const kinds = new Set();
for (const target of [Function.prototype, console.log, setTimeout, climb, () => {}, class {}, async function () {}]) {
  for (const key of ['caller', 'arguments']) {
    try {
      kinds.add(String(target[key]));
    } catch (error) {
      kinds.add(error.name);
    }
  }
}
console.log([...kinds].join());
