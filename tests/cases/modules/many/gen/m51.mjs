import { sum as rest } from './m52.mjs';
export const sum = rest + 51;
