// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true
// long: only
const leb = (n) => { const out = []; do { let b = n & 127; n >>>= 7; if (n) b |= 128; out.push(b); } while (n); return out; };
const section = (id, ...body) => { const flat = body.flat(Infinity); return [id, ...leb(flat.length), ...flat]; };
const vec = (items) => [leb(items.length), ...items];
const binary = (...sections) => new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, ...sections.flat(Infinity)]);
const code = (locals, ...body) => { const flat = [locals, body, 11].flat(Infinity); return [leb(flat.length), flat]; };
const data = new Array(100000).fill(7);
const bytes = binary(section(0, [1, 97], data));
const all = [];
const module = new WebAssembly.Module(bytes);
for (;;) all.push(WebAssembly.Module.customSections(module, 'a'));
