import fs from 'runtime:fs';
fs.writeFileSync('/made/late.mjs', 'export default 1;');
const names = ['write/a.mjs', 'append/a.mjs', 'create/a.mjs', 'create/deep/er/a.json', 'delete/a.mjs', 'read/a.mjs', 'absent/a.mjs', 'one/file.mjs', 'one/other.mjs',
  'writes/a.mjs', 'named/a.mjs', 'alias/a.mjs', 'read/link.mjs', 'read/folder/er/a.json', 'denied/a.mjs', 'made/late.mjs'];
for (const name of names) {
  const options = name.endsWith('.json') ? { with: { type: 'json' } } : undefined;
  await import('./' + name, options).then(() => console.log(`./${name}: loaded`), (error) => console.log(`./${name}: ${error.code}`));
}
