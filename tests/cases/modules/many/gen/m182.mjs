import { sum as rest } from './m183.mjs';
export const sum = rest + 182;
