import { env } from 'runtime:job';
import { env as other } from './other.mjs';
console.log(env.GREETING, env.SECRET, Object.keys(env), Object.keys(other));
console.log(process.env.GREETING, process.env.EVERYONE, process.env.SECRET);
try { env.NEW = '1'; } catch (error) { console.log(error.name); }
