import { take } from './loot.mjs';
// Every trap takes what it is given.
export function proxy(target) {
  return new Proxy(target, Object.fromEntries(Reflect.ownKeys(Reflect).filter((key) => typeof key === 'string').map((key) => [key, (...args) => {
    take(...args);
    return Reflect[key](...args);
  }])));
}
export const options = proxy({ encoding: 'utf8' });
export const path = proxy({ toString: () => '/docs/secret.txt', href: 'file:///docs/secret.txt', protocol: 'file:' });
export const text = { toString: () => '/docs/secret.txt', [Symbol.toPrimitive]: () => '/docs/secret.txt' };
export const callback = proxy(function callback(...args) { take(this, callback.caller); });
export const buffer = proxy(new Uint8Array(8));
