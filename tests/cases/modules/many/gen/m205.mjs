import { sum as rest } from './m206.mjs';
export const sum = rest + 205;
