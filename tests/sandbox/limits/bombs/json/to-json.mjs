// verdict: ok
// prints: RangeError
// memory: 128MiB 32MiB
// jit: true false
// long: only
const o = { toJSON() { return { o: this, x: { toJSON: this.toJSON } }; } };
try { JSON.stringify({ toJSON() { return { a: Object.create(this) }; } }); } catch (e) { console.log(e.name); }
