import { sum as rest } from './m230.mjs';
export const sum = rest + 229;
