import { spawn } from 'runtime:isolate';

const child = spawn('./echo.mjs');
const answers = child[Symbol.asyncIterator]();
async function echoed(value) {
  await child.send(value);
  return (await answers.next()).value;
}

const source = {
  text: 'a\u0100\ud800', numbers: [1, -0, NaN, 2n ** 70n], nothing: [undefined, null, , 1], date: new Date(5),
  map: new Map([[{ key: 1 }, new Set([1])]]), bytes: new Uint8Array([1, 2, 3]).subarray(1), pattern: /a+/giu,
  error: new RangeError('far', { cause: 'near' }), boxed: Object('x'),
};
source.self = source;
source.map.set('back', source.map);
const back = await echoed(source);
console.log(back.self === back && back.map.get('back') === back.map && back.error instanceof RangeError);
console.log(JSON.stringify([back.text, String(back.numbers), back.nothing, back.date, [...back.bytes], String(back.pattern)]) ===
            JSON.stringify([source.text, String(source.numbers), source.nothing, source.date, [...source.bytes], String(source.pattern)]));

let calls = 0;
await echoed({ get once() { return ++calls; } });
console.log(`${calls} getter call`);

const changing = { value: 'before' };
const sent = child.send(changing);
changing.value = 'after';
await sent;
console.log((await answers.next()).value.value);

for (const value of [() => {}, Symbol('x'), new WeakMap(), new Proxy({}, {}), 'x'.repeat(300_000)]) {
  console.log((await child.send({ value }).catch((error) => error)).name);
}
console.log((await child.send({ get value() { throw new Error('thrown by a getter'); } }).catch((error) => error)).message);
const detached = new ArrayBuffer(8);
structuredClone(detached, { transfer: [detached] });
console.log((await child.send({ detached }).catch((error) => error)).name);
console.log((await echoed('x'.repeat(262_000))).length);
child.terminate();
