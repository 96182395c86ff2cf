import { sum as rest } from './m193.mjs';
export const sum = rest + 192;
