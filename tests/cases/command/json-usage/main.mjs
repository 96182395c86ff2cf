import fs from 'runtime:fs';
fs.writeFileSync('/out/a', fs.readFileSync('/in/f'));
for (let i = 0; i < 3; i++) try { fs.readFileSync('/etc/passwd'); } catch {}
