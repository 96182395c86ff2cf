// Packs a folder and unpacks it again.
import fs from 'runtime:fs';
import { strFromU8, unzipSync, zipSync } from 'fflate';

const files = Object.fromEntries(fs.readdirSync('/data').map((name) => [name, fs.readFileSync(`/data/${name}`)]));
fs.writeFileSync('/out/data.zip', zipSync(files));
const unpacked = unzipSync(fs.readFileSync('/out/data.zip'));
console.log(Object.keys(unpacked).join(' '), strFromU8(unpacked['notes.md']).length);
