import fs from 'runtime:fs';
const block = new Uint8Array(200000);
let turn = 0;
async function churn(name) {
  for (;;) {
    await fs.promises.writeFile(`/data/${name}`, block);
    await fs.promises.readFile(`/data/${name}`);
    await fs.promises.readdir('/data');
    const handle = await fs.promises.open(`/data/${name}`, 'r+');
    await Promise.all([handle.read(block, 0, 100000, 0), handle.write(block, 0, 1000, 0), handle.sync(), handle.stat()]);
    await handle.close();
    await fs.promises.rename(`/data/${name}`, `/data/${name}.old`);
    await fs.promises.unlink(`/data/${name}.old`);
    turn++;
  }
}
for (let i = 0; i < 40; i++) churn(`f${i}`).catch((error) => { if (!['ENOSPC', 'EMFILE'].includes(error.code)) console.log(error); });
setInterval(() => {}, 1000);
