import { sum as rest } from './m240.mjs';
export const sum = rest + 239;
