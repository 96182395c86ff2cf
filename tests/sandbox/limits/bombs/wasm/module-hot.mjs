// verdict: memory-limit
// memory: 16MiB
// jit: true
// long: only
const leb = (n) => { const out = []; do { let b = n & 127; n >>>= 7; if (n) b |= 128; out.push(b); } while (n); return out; };
const section = (id, ...body) => { const flat = body.flat(Infinity); return [id, ...leb(flat.length), ...flat]; };
const vec = (items) => [leb(items.length), ...items];
const binary = (...sections) => new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, ...sections.flat(Infinity)]);
const code = (locals, ...body) => { const flat = [locals, body, 11].flat(Infinity); return [leb(flat.length), flat]; };
const body = Array.from({ length: 7000 }, () => [32, 0, 65, 3, 106, 33, 0]);
const all = [];
for (let k = 0; ; k++) { const bytes = binary(section(1, vec([[0x60, 1, 127, 1, 127]])), section(3, vec([[0]])), section(7, vec([[1, 102, 0, 0]])), section(10, vec([code([0], [65, leb(k % 64), 33, 0], [3, 64], body, [32, 0, 65, 0, 72, 13, 0, 11], 32, 0)]))); const { f } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports; for (let i = 0; i < 3000; i++) f(i); all.push(f); }
