import { sum as rest } from './m236.mjs';
export const sum = rest + 235;
