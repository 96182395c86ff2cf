import { sum as rest } from './m141.mjs';
export const sum = rest + 140;
