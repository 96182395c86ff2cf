import { sum as rest } from './m64.mjs';
export const sum = rest + 63;
