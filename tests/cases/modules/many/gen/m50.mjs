import { sum as rest } from './m51.mjs';
export const sum = rest + 50;
