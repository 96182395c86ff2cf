import { sum as rest } from './m93.mjs';
export const sum = rest + 92;
