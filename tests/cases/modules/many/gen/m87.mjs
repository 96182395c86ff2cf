import { sum as rest } from './m88.mjs';
export const sum = rest + 87;
