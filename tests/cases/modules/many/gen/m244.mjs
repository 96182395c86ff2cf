import { sum as rest } from './m245.mjs';
export const sum = rest + 244;
