import { sum as rest } from './m272.mjs';
export const sum = rest + 271;
