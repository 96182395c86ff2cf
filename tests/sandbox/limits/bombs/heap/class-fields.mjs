// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const all = [];
for (;;) all.push(new (class { #a = 1; #b = 2; static s = 3; m() { return this.#a; } })());
