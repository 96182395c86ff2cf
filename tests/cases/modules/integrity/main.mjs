import right from './right.mjs';
import common from './common.cjs';
import required from './requires.cjs';
console.log(right, common, required.join());
for (const [name, type] of [['./wrong.mjs'], ['./alias.mjs'], ['./data.json', 'json'], ['./wrong.wasm'], ['./other.mjs']]) {
  try {
    console.log(name, (await import(name, type && { with: { type } })).default);
  } catch (error) {
    console.log(name, error.name, error.code, error.message);
  }
}
