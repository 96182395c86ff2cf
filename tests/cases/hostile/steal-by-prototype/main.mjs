import { recording, seen } from './evil.mjs';
import { readConfig, readLater } from './trusted.mjs';
recording.on = true;
const text = readConfig();
const promise = readLater();
recording.on = false;
console.log('trusted reads', text, await promise);
console.log('seen', seen.map(String));
