const names = ['link-out', 'config-out', 'target-out', 'main-out', 'not-json', 'huge', 'written', 'proto/__proto__', 'fifo',
               'empty', 'empty/../../../outside.mjs', 'gone', '#gone'];
for (const name of names) {
  try {
    console.log(name, (await import(name)).default);
  } catch (error) {
    console.log(name, error.code);
  }
}
