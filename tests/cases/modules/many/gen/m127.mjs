import { sum as rest } from './m128.mjs';
export const sum = rest + 127;
