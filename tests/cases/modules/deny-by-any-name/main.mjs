const names = ['./secret/key.mjs', './secret/missing.mjs', './lib/../secret/key.mjs', '/secret/key.mjs', 'file:///secret/key.mjs', './secret/%6bey.mjs',
  './secret/key.mjs?1', './lib/link.mjs', './lib/folder/key.mjs', 'mapped', 'mapped/key.mjs', './lib/imports-it.mjs'];
const told = (name, promise) => promise.then(() => console.log(`${name}: loaded`), (error) => console.log(`${name}: ${error.code}`));
for (const name of names) await told(name, import(name));
await told('./secret/data.json', import('./secret/data.json', { with: { type: 'json' } }));
for (const name of ['./listed/a.mjs', './secret.mjs', './lib/free.mjs']) await told(name, import(name));
