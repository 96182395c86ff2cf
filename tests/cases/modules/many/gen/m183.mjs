import { sum as rest } from './m184.mjs';
export const sum = rest + 183;
