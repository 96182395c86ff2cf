import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
for (let i = 0; i < 20000; i++) {
  const handle = await fs.open('/data/f');
  await handle.close();
}
console.log('done');
