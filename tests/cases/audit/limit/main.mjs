import fs from 'runtime:fs';
for (let i = 0; i < 100000; i++) try { fs.statSync('/docs/none' + i); } catch {}
