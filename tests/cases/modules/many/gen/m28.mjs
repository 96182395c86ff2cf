import { sum as rest } from './m29.mjs';
export const sum = rest + 28;
