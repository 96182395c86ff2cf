import { work } from './victim.mjs';
await work();
