import { sum as rest } from './m85.mjs';
export const sum = rest + 84;
