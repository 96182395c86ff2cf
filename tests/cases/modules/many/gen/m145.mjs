import { sum as rest } from './m146.mjs';
export const sum = rest + 145;
