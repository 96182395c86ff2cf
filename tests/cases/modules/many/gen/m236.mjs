import { sum as rest } from './m237.mjs';
export const sum = rest + 236;
