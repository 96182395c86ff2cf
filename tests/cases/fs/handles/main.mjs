import fs from 'runtime:fs';
import { attempt, attemptLater, describe } from './attempt.mjs';
const open = [];
await attemptLater('four', async () => { for (let i = 0; i < 4; i++) open.push(await fs.open('/data/f')); return open.length; });
await attemptLater('fifth', () => fs.open('/data/f'));
await open.pop().close();
await attemptLater('again', async () => (await fs.open('/data/f')).close());
await attemptLater('two hundred reads at once', async () => (await Promise.all(Array.from({ length: 200 }, () => fs.promises.readFile('/data/f')))).length);
