import { stdin } from 'runtime:job';
const all = await stdin.readAll();
console.log(all instanceof Uint8Array, new TextDecoder().decode(all).toUpperCase());
