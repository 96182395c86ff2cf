import { sum as rest } from './m289.mjs';
export const sum = rest + 288;
