module.exports = ['./wrong.cjs', './data.json', './alias.mjs', './wrong.wasm'].map((name) => {
  try {
    return require(name);
  } catch (error) {
    return error.code;
  }
});
