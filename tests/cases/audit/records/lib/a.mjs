import fs from 'runtime:fs';
try { fs.writeFileSync('/docs/x', 'x'); } catch {}
