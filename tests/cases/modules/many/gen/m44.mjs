import { sum as rest } from './m45.mjs';
export const sum = rest + 44;
