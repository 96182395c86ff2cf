import { sum as rest } from './m119.mjs';
export const sum = rest + 118;
