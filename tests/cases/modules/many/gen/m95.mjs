import { sum as rest } from './m96.mjs';
export const sum = rest + 95;
