import { sum as rest } from './m204.mjs';
export const sum = rest + 203;
