import { sum as rest } from './m260.mjs';
export const sum = rest + 259;
