// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
console.log(Array.from((function* () { for (;;) yield 1; })()).length);
