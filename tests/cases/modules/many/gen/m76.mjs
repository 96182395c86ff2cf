import { sum as rest } from './m77.mjs';
export const sum = rest + 76;
