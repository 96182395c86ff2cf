import { sum as rest } from './m218.mjs';
export const sum = rest + 217;
