import { sum as rest } from './m162.mjs';
export const sum = rest + 161;
