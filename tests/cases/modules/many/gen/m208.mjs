import { sum as rest } from './m209.mjs';
export const sum = rest + 208;
