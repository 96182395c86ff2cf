import { sum as rest } from './m61.mjs';
export const sum = rest + 60;
