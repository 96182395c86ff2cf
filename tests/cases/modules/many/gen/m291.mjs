import { sum as rest } from './m292.mjs';
export const sum = rest + 291;
