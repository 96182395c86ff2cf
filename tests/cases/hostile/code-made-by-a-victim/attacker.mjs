const AsyncFunction = (async () => {}).constructor;
const source = "return import('runtime:fs').then((fs) => fs.readFileSync('/docs/secret.txt', 'utf8'))";
// Called with something that it can choose, by a module with a grant.
export const callbacks = { Function, AsyncFunction, eval: globalThis.eval };
export const text = { Function: source, AsyncFunction: source, eval: `(() => { ${source} })` };
