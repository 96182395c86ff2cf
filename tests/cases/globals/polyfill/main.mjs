// What adds to the language fails, and says so; what asks first is content.
const attempt = (action) => {
  try {
    action();
    console.log('done');
  } catch (error) {
    console.log(`${error.name}: ${error.message}`);
  }
};
attempt(() => { if (!Array.prototype.map) Array.prototype.map = () => {}; });
attempt(() => { if (!Array.prototype.mine) Array.prototype.mine = () => {}; });
attempt(() => { Object.defineProperty(String.prototype, 'mine', { value: 1 }); });
attempt(() => { Promise.prototype.then = () => {}; });
attempt(() => { Promise.prototype.catch = () => {}; });
attempt(() => { Promise.mine = () => {}; });
attempt(() => { globalThis.Promise = class {}; });
attempt(() => { globalThis.Mine = class {}; });
attempt(() => { globalThis.fetch = () => {}; });
attempt(() => { setTimeout = () => {}; });
attempt(() => { console.debug = () => {}; });
attempt(() => { Error.prepareStackTrace = () => {}; });
