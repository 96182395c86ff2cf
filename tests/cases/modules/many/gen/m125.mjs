import { sum as rest } from './m126.mjs';
export const sum = rest + 125;
