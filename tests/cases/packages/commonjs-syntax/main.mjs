import { kind } from './esm.js';
import { bang } from './hashbang.js';
console.log(kind, bang);
for (const name of ['./waits.js', './meta.js', './typed/a.js', './typed/b.cjs', './typed/node_modules/inner/index.js',
                    './plain/b.mjs', './plain/a.js', './bad.js', './worse.js']) {
  try {
    await import(name);
  } catch (error) {
    console.log(name, error.name, error.message);
  }
}
