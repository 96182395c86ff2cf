import { sum as rest } from './m73.mjs';
export const sum = rest + 72;
