import { sum as rest } from './m160.mjs';
export const sum = rest + 159;
