import { spawn } from 'runtime:isolate';

await import('./vault.mjs').catch((error) => console.log(`import: ${error.code}`));

const vault = spawn('./vault.mjs', { limits: { memory: '32MiB' } });
const answers = vault[Symbol.asyncIterator]();
for (const text of ['pay 10', 'pay 1000']) {
  await vault.send(text);
  const { value } = await answers.next();
  console.log(`${value.text}: ${value.signed ? 'signed' : value.reason}`);
}
vault.terminate();
console.log(`the vault: ${(await vault.ended).verdict}`);
