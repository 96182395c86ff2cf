const names = Reflect.ownKeys(globalThis);
for (const name of names) {
  const before = globalThis[name];
  for (const change of [
    () => { globalThis[name] = 1; },
    () => { delete globalThis[name]; },
    () => { Object.defineProperty(globalThis, name, { value: 1 }); },
  ]) {
    try {
      change();
      // The setter of __proto__ leaves out what is no object.
      if (name !== '__proto__') console.log('changed', name, String(change));
    } catch (error) {
      if (!(error instanceof TypeError)) console.log(name, error);
    }
  }
  if (!Object.is(globalThis[name], before)) console.log('replaced', name);
}
console.log(names.length > 90, names.includes('WebAssembly'), names.includes('toString'));
for (const change of [
  () => { delete JSON.parse; },
  () => { console.log = 1; },
  () => { console.more = 1; },
  () => { process.env = {}; },
  () => { process.env.MORE = 1; },
  () => { process.argv.push(1); },
  () => { URL.canParse = 1; },
  () => { Object.defineProperty(URL.prototype, 'href', { value: 1 }); },
  () => { Math.random = 1; },
  () => { crypto.constructor.prototype.getRandomValues = 1; },
  () => { Object.setPrototypeOf(globalThis, {}); },
  () => { globalThis.__proto__ = {}; },
]) {
  try {
    change();
    console.log('changed', change.toString());
  } catch (error) {
    console.log(error.name);
  }
}
globalThis.mine = 1;
console.log(mine, delete globalThis.mine, Object.keys(globalThis).length);
