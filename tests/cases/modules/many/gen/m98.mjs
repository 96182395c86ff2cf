import { sum as rest } from './m99.mjs';
export const sum = rest + 98;
