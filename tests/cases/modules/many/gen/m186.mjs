import { sum as rest } from './m187.mjs';
export const sum = rest + 186;
