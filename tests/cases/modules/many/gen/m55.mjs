import { sum as rest } from './m56.mjs';
export const sum = rest + 55;
