for (const name of ['there', 'missing']) {
  await import(`./secret/${name}.mjs`).catch((error) => console.log(error.code));
}
