import requires from './requires.cjs';

const report = async (name, use) => {
  try {
    console.log(name, await use(await import(`./${name}.wasm`)));
  } catch (error) {
    console.log(name, error.name, error.code ?? '', error.message.replace(/^[^:]*: /, '').slice(0, 60));
  }
};
await report('inject', () => 'imported');
console.log(globalThis.stolen);
await report('reads', ({ read }) => read('/docs/secret.txt'));
await report('shared', ({ memory }) => memory.buffer);
for (const name of ['trap', 'trap', 'broken', 'empty']) await report(name, () => 'imported');
try {
  requires();
} catch (error) {
  console.log(error.code);
}
