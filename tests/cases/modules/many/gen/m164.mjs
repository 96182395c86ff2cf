import { sum as rest } from './m165.mjs';
export const sum = rest + 164;
