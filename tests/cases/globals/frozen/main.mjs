for (const change of [
  () => { globalThis.console = 1; },
  () => { globalThis.Array = 1; },
  () => { delete globalThis.Promise; },
  () => { Object.defineProperty(globalThis, 'Date', { value: 1 }); },
  () => { delete JSON.parse; },
  () => { console.log = 1; },
]) {
  try {
    change();
    console.log('changed', change.toString());
  } catch (error) {
    console.log(error.name);
  }
}
globalThis.mine = 1;
console.log(mine);
