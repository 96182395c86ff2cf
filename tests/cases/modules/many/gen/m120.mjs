import { sum as rest } from './m121.mjs';
export const sum = rest + 120;
