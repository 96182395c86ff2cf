import { sum as rest } from './m177.mjs';
export const sum = rest + 176;
