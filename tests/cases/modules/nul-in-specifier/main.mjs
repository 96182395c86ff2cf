for (const specifier of ['node:fs\0', './main.mjs\0.txt']) {
  await import(specifier).then(() => console.log('loaded'), (error) => console.log(error.code));
}
