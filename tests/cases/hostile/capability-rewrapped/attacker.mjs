export async function widen(narrow) {
  const lines = [];
  const attempt = async (label, action) => {
    try {
      lines.push(`${label}: ${await action()}`);
    } catch (error) {
      lines.push(`${label}: ${error.name} ${error.code}`);
    }
  };
  const { constructor } = narrow;
  await attempt('write', () => narrow.writeFileSync('x', 'y'));
  await attempt('only', () => narrow.only('read', 'write').rights());
  await attempt('only of a proxy', () => narrow.only(new Proxy(['read'], { get: (target, key) => (key === 'length' ? 2 : key === '1' ? 'create' : target[key]) })).rights());
  await attempt('only nothing', () => narrow.only().rights().length);
  await attempt('only of length', () => narrow.only({ length: 1, 0: 'write' }));
  await attempt('readOnly', () => narrow.readOnly().rights());
  await attempt('heir', () => Object.create(narrow).writeFileSync('x', 'y'));
  await attempt('method of the class', () => constructor.prototype.writeFileSync.call(narrow, 'x', 'y'));
  await attempt('up', () => narrow.readFileSync('../other/secret.txt'));
  await attempt('up by subdir', () => narrow.subdir('..').readFileSync('other/secret.txt'));
  await attempt('absolute', () => narrow.readFileSync('/docs/other/secret.txt'));
  await attempt('url', () => narrow.readFileSync(new URL('file:///docs/other/secret.txt')));
  await attempt('bytes', () => narrow.readFileSync(new TextEncoder().encode('../other/secret.txt')));
  await attempt('handle', async () => (await narrow.open('bait.txt', 'r+')).write('x'));
  await attempt('truncate', async () => (await narrow.open('bait.txt')).truncate(0));
  await attempt('promises', () => narrow.promises.writeFile('x', 'y'));
  await attempt('copy', () => narrow.copyFileSync('bait.txt', 'copy.txt'));
  await attempt('rename', () => narrow.renameSync('bait.txt', 'moved.txt'));
  await attempt('as data', () => JSON.stringify([narrow, { ...narrow }, structuredClone(narrow), Object.entries(narrow), Reflect.ownKeys(narrow)]));
  await attempt('revoke', () => narrow.revoke());
  await attempt('after it', () => narrow.rights());
  return lines.join('\n');
}
