const names = [
  'node:child_process', 'child_process', 'node:process', 'process', 'node:module', 'module', 'vm', 'node:vm', 'worker_threads', 'v8', 'node:v8', 'inspector', 'http', 'net', 'os', 'path', 'bun:ffi',
  'runtime:internals', 'runtime:primordials', 'runtime:face/fs', 'runtime:freeze', 'runtime:isolates', 'extensions::fs', 'native', 'file:///etc/passwd', 'file:///proc/self/maps', '/etc/passwd',
  '../../../../etc/passwd', 'data:text/javascript,export default 1', 'blob:null/1', 'https://example.com/x.mjs', 'http://localhost/', 'javascript:1', 'about:blank', 'ext:core', '', ' ', '.', 'RUNTIME:FS', 'runtime:fs ', 'runtime:fs?x', 'runtime:fs#x', 'node:fs/../child_process', './attacker.mjs\0.mjs',
];
const codes = new Map();
for (const name of names) {
  let code;
  try {
    const module = await import(name);
    code = Object.keys(module).length > 1 ? 'fs' : 'LOADED';
    if (module.readFileSync) {
      try {
        module.readFileSync('/docs/secret.txt');
      } catch (error) {
        code += ` ${error.name}`;
      }
    }
  } catch (error) {
    code = error.code ?? error.name;
  }
  codes.set(code, [...(codes.get(code) ?? []), JSON.stringify(name)]);
}
for (const [code, list] of codes) console.log(code, list.join(' '));
const own = [];
for (const name of ['runtime:fs', 'node:fs', 'fs', 'fs/promises', 'node:fs/promises']) {
  const module = await import(name);
  own.push(await module.readFile('/docs/secret.txt').catch((error) => error.name));
}
console.log(own.join());
for (const attempt of [() => import({ toString: () => 'runtime:fs' }), () => import('runtime:fs', { with: { type: 'json' } }), () => import('runtime:fs', { with: { as: 'victim.mjs' } }), () => import(Symbol.iterator)]) {
  console.log(await attempt().then((module) => { try { return module.readFileSync('/docs/secret.txt', 'utf8'); } catch (error) { return error.name; } }, (error) => error.name));
}
