module.exports = () => require('./shared.wasm');
