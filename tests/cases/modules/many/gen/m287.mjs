import { sum as rest } from './m288.mjs';
export const sum = rest + 287;
