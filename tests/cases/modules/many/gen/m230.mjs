import { sum as rest } from './m231.mjs';
export const sum = rest + 230;
