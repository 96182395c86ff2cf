// verdict: memory-limit
// memory: 16MiB
// jit: true
const leb = (n) => { const out = []; do { let b = n & 127; n >>>= 7; if (n) b |= 128; out.push(b); } while (n); return out; };
const section = (id, ...body) => { const flat = body.flat(Infinity); return [id, ...leb(flat.length), ...flat]; };
const vec = (items) => [leb(items.length), ...items];
const binary = (...sections) => new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, ...sections.flat(Infinity)]);
const code = (locals, ...body) => { const flat = [locals, body, 11].flat(Infinity); return [leb(flat.length), flat]; };
const all = [];
let i = 0;
const body = Array.from({ length: 2000 }, () => [32, 0, 65, 3, 106, 33, 0]);
for (;;) { const bytes = binary(section(1, vec([[0x60, 1, 127, 1, 127]])), section(3, vec(Array.from({ length: 20 }, () => 0))), section(7, vec([[1, 102, 0, 0]])), section(10, vec(Array.from({ length: 20 }, () => code([0], [65, leb(i++ & 63), 33, 0], body, 32, 0))))); all.push(new WebAssembly.Instance(new WebAssembly.Module(bytes))); all.at(-1).exports.f(1); }
