import { sum as rest } from './m285.mjs';
export const sum = rest + 284;
