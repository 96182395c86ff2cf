// verdict: ok
// prints: ran
// memory: 32MiB 128MiB
// jit: true
// long: only
const leb = (n) => { const out = []; do { let b = n & 127; n >>>= 7; if (n) b |= 128; out.push(b); } while (n); return out; };
const section = (id, ...body) => { const flat = body.flat(Infinity); return [id, ...leb(flat.length), ...flat]; };
const vec = (items) => [leb(items.length), ...items];
const binary = (...sections) => new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, ...sections.flat(Infinity)]);
const code = (locals, ...body) => { const flat = [locals, body, 11].flat(Infinity); return [leb(flat.length), flat]; };
try { new WebAssembly.Instance(new WebAssembly.Module(binary(section(1, vec([[0x60, 0, 0]])), section(3, vec([[0]])), section(7, vec([[1, 102, 0, 0]])), section(10, vec([code(vec([[leb(50000), 126]]))]))))).exports.f(); console.log('ran'); } catch (e) { console.log(e.name); }
