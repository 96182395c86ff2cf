import { sum as rest } from './m220.mjs';
export const sum = rest + 219;
