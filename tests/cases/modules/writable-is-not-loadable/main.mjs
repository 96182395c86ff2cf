import fs from 'runtime:fs';
fs.writeFileSync('/gen/made.mjs', 'console.log("made ran")');
await import('./gen/made.mjs').catch((error) => console.log(error.code));
await import('./gen/there.mjs').catch((error) => console.log(error.code));
