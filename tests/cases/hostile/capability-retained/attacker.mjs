let kept;
export async function keep(folder) {
  const handle = await folder.open('secret.txt');
  const slow = handle[Symbol.asyncIterator]();
  kept = {
    method: (name) => folder.readFileSync(name, 'utf8'), bound: folder.readFileSync.bind(folder, 'secret.txt', 'utf8'), promises: folder.promises.readFile, derived: folder.subdir('.'),
    narrowed: folder.readOnly(), only: folder.only('read'), again: folder.dir('.'), handle, slow, proxy: new Proxy(folder, { get: (target, key) => target[key].bind(target) }), weak: new WeakRef(folder), ready: await folder.promises.readFile('secret.txt', 'utf8'),
  };
  return kept.method('secret.txt') === 's3cret';
}
export async function use() {
  const lines = [];
  for (const [label, action] of Object.entries({
    method: () => kept.method('secret.txt'), bound: () => kept.bound(), promises: () => kept.promises('secret.txt'), derived: () => kept.derived.readFileSync('secret.txt'), narrowed: () => kept.narrowed.statSync('.'),
    only: () => kept.only.readdirSync('.'), again: () => kept.again.existsSync('secret.txt'), handle: () => kept.handle.readFile(), stat: () => kept.handle.stat(), chunks: () => kept.slow.next(), proxy: () => kept.proxy.readFileSync('secret.txt'),
    weak: () => kept.weak.deref().readFileSync('secret.txt'), mint: () => kept.again.readOnly(), widen: () => kept.only.only('write'), rights: () => kept.derived.rights(), revoke: () => kept.derived.revoke(), callback: () => new Promise((resolve, reject) => { kept.again.readFile('secret.txt', (error, data) => (error ? reject(error) : resolve(data))); }),
  })) {
    try {
      lines.push(`${label}: ${await action()}`);
    } catch (error) {
      lines.push(`${label}: ${error.name} ${error.code}`);
    }
  }
  return lines.join('\n');
}
