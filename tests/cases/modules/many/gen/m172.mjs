import { sum as rest } from './m173.mjs';
export const sum = rest + 172;
