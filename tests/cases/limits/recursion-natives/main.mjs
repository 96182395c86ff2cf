const ways = {
  toString() { const o = { toString() { return `${o}`; } }; `${o}`; },
  valueOf() { const o = { valueOf() { return +o; } }; +o; },
  sort() { const f = () => [2, 1].sort(f); f(); },
  reviver() { const f = () => JSON.parse('[1]', f); f(); },
  replacer() { const o = { toJSON: () => JSON.stringify(o) }; JSON.stringify(o); },
  proxy() { const p = new Proxy({}, { get: (target, key) => p[key] }); p.x; },
  chain() { let p = {}; for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); p.x; },
  replace() { const f = () => 'x'.replace(/x/, f); f(); },
  array() { let a = []; for (let i = 0; i < 1e5; i++) a = [a]; String(a); },
  clone() { const o = { get a() { return structuredClone(o); } }; structuredClone(o); },
  url() { const o = { toString() { return new URL(o).href; } }; new URL(o); },
  date() { const o = { valueOf() { return new Date(o).getTime(); } }; new Date(o); },
  generator() { function* g() { yield* g(); } g().next(); },
};
for (const [name, way] of Object.entries(ways)) {
  try { way(); console.log(name, 'ended'); } catch (error) { console.log(name, error.name); }
}
