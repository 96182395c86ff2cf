import { sum as rest } from './m181.mjs';
export const sum = rest + 180;
