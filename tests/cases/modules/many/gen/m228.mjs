import { sum as rest } from './m229.mjs';
export const sum = rest + 228;
