import { sum as rest } from './m76.mjs';
export const sum = rest + 75;
