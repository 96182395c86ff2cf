import { sum as rest } from './m228.mjs';
export const sum = rest + 227;
