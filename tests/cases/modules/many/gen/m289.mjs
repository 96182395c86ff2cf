import { sum as rest } from './m290.mjs';
export const sum = rest + 289;
