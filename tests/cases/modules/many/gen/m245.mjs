import { sum as rest } from './m246.mjs';
export const sum = rest + 245;
