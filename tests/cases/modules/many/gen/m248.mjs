import { sum as rest } from './m249.mjs';
export const sum = rest + 248;
