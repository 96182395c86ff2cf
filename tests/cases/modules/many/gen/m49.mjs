import { sum as rest } from './m50.mjs';
export const sum = rest + 49;
