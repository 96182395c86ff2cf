import { sum as rest } from './m105.mjs';
export const sum = rest + 104;
