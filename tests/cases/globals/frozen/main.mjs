for (const change of [() => { Array.prototype.map = 1; }, () => { globalThis.console = 1; }, () => { Object.prototype.polluted = 1; }, () => { Promise.prototype.then = null; },
  () => { delete JSON.parse; }, () => { Object.defineProperty(globalThis, 'Date', { value: 1 }); }, () => { console.log = 1; }]) {
  try { change(); console.log('changed', change.toString()); } catch (error) { console.log(error.name); }
}
globalThis.mine = 1;
console.log(mine);
