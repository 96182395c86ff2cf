import { sum as rest } from './m269.mjs';
export const sum = rest + 268;
