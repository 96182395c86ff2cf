import fs from 'runtime:fs';
import { attempts, leftPad } from 'left-padder';

const lines = [];
for (const name of await fs.promises.readdir('/notes')) {
  const text = await fs.promises.readFile(`/notes/${name}`, 'utf8');
  const words = text.match(/[\p{L}\p{N}']+/gu)?.length ?? 0;
  lines.push(`${leftPad(String(words), 6)}  ${name}`);
}
await fs.promises.writeFile('/out/report.txt', lines.join('\n') + '\n');

console.log(lines.join('\n'));
console.log('\nmeanwhile, left-padder tried:');
for (const { what, outcome } of await attempts) console.log(`  ${what}: ${outcome}`);
