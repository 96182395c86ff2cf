import { sum as rest } from './m28.mjs';
export const sum = rest + 27;
