import { sum as rest } from './m90.mjs';
export const sum = rest + 89;
