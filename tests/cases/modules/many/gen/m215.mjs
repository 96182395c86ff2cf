import { sum as rest } from './m216.mjs';
export const sum = rest + 215;
