console.log(process.platform, process.versions, process.version, typeof process.binding, process.argv.length);
console.log(typeof require, typeof Buffer, typeof fetch, typeof Deno, typeof Worker);
console.log(global === globalThis, self === globalThis, Object.prototype.toString.call(performance.now()));
process.nextTick((a) => console.log('tick', a), 1);
