import fs from 'runtime:fs';
const held = [];
let refused = 0;
for (let i = 0; i < 500; i++) {
  try { held.push(await fs.promises.open('/data/file')); } catch (error) { if (error.code === 'EMFILE') refused++; else throw error; }
}
console.log(held.length, refused);
for (const handle of held) await handle.close();
await fs.promises.open('/data/file');
console.log('again');
