import { sum as rest } from './m103.mjs';
export const sum = rest + 102;
