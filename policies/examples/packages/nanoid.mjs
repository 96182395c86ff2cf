// A file under a name that nobody guesses, and gone again.
import fs from 'runtime:fs';
import { nanoid } from 'nanoid';

const path = `/out/${nanoid()}.txt`;
fs.writeFileSync(path, 'draft');
console.log(path.length, fs.readFileSync(path, 'utf8'));
fs.unlinkSync(path);
