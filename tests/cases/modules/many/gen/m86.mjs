import { sum as rest } from './m87.mjs';
export const sum = rest + 86;
