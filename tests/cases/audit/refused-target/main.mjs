import fs from 'runtime:fs';
try {
  fs.copyFileSync('/data/a', '/elsewhere/b');
} catch {}
