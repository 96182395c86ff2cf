import fs from 'runtime:fs';
import './lib/a.mjs';
fs.readFileSync('/docs/a.txt');
try { fs.readFileSync('/etc/passwd'); } catch {}
