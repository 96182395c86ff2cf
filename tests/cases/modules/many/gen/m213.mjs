import { sum as rest } from './m214.mjs';
export const sum = rest + 213;
