// verdict: ok
// prints: RangeError
// memory: 32MiB 128MiB
// jit: true
const leb = (n) => { const out = []; do { let b = n & 127; n >>>= 7; if (n) b |= 128; out.push(b); } while (n); return out; };
const section = (id, ...body) => { const flat = body.flat(Infinity); return [id, ...leb(flat.length), ...flat]; };
const vec = (items) => [leb(items.length), ...items];
const binary = (...sections) => new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, ...sections.flat(Infinity)]);
const code = (locals, ...body) => { const flat = [locals, body, 11].flat(Infinity); return [leb(flat.length), flat]; };
const bytes = binary(section(5, vec([[0, leb(100)]])));
const module = new WebAssembly.Module(bytes);
const all = [];
try { for (;;) all.push(new WebAssembly.Instance(module)); } catch (e) { console.log(e.name); }
