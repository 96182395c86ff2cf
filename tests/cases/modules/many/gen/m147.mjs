import { sum as rest } from './m148.mjs';
export const sum = rest + 147;
