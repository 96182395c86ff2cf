import { sum as rest } from './m188.mjs';
export const sum = rest + 187;
