import fs from 'runtime:fs';
import { spawn } from 'runtime:isolate';

for (const specifier of ['./vault/index.mjs', './link.mjs']) {
  await import(specifier).catch((error) => {
    console.log(`${error.code} naming runtime:isolate: ${error.message.includes('runtime:isolate')}`);
  });
}
fs.writeFileSync('/own/file', "main's");
console.log((await spawn('./vault/index.mjs', { grants: { own: fs.dir('/own') } }).ended).verdict);
await spawn('./lib.mjs').ended;
const { verdict, exception } = await spawn('./link.mjs').ended;
console.log(verdict, exception.stack.includes('ERR_MODULE_ISOLATED') ? 'ERR_MODULE_ISOLATED' : exception.stack);
