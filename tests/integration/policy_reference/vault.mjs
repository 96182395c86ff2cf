import fs from 'runtime:fs';
import { parent } from 'runtime:isolate';

await parent.send(`a key of ${fs.readFileSync('/secrets/key', 'utf8').length} characters`);
