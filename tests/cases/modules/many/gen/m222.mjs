import { sum as rest } from './m223.mjs';
export const sum = rest + 222;
