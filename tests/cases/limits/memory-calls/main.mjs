import fs from 'runtime:fs';
for (;;) fs.promises.readFile('/none').catch(() => {});
