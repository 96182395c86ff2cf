import { sum as rest } from './m37.mjs';
export const sum = rest + 36;
