import fs from 'runtime:fs';
import { borrow } from './attacker.mjs';
export async function work() {
  const handle = await fs.promises.open('/out/log', 'a+');
  const folder = fs.dir('/out');
  borrow(handle, folder, fs, fs.promises, folder.promises);
  await handle.writeFile('s3cret');
  await fs.promises.writeFile(handle, ' more');
  folder.writeFileSync('other', 's3cret');
  await folder.promises.writeFile('third', 's3cret');
  fs.writeFileSync('/out/fourth', 's3cret');
  await fs.promises.writeFile('/out/fifth', 's3cret');
  await handle.close();
  return `${folder.readFileSync('log', 'utf8')} ${folder.readdirSync('.').sort().join()}`;
}
