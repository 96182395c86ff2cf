import { sum as rest } from './m199.mjs';
export const sum = rest + 198;
