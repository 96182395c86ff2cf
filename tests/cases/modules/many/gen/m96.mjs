import { sum as rest } from './m97.mjs';
export const sum = rest + 96;
