import { sum as rest } from './m31.mjs';
export const sum = rest + 30;
