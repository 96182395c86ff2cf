// verdict: memory-limit
// memory: 16MiB
// jit: true
// long: only
const leb = (n) => { const out = []; do { let b = n & 127; n >>>= 7; if (n) b |= 128; out.push(b); } while (n); return out; };
const section = (id, ...body) => { const flat = body.flat(Infinity); return [id, ...leb(flat.length), ...flat]; };
const vec = (items) => [leb(items.length), ...items];
const binary = (...sections) => new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, ...sections.flat(Infinity)]);
const code = (locals, ...body) => { const flat = [locals, body, 11].flat(Infinity); return [leb(flat.length), flat]; };
const bytes = binary(section(1, vec([[0x60, 0, 0]])), section(3, vec([[0]])), section(10, vec([code([0])])));
let n = 0;
const all = [];
for (;;) { all.push(WebAssembly.compile(bytes)); if (++n % 1000 === 0) await null; }
