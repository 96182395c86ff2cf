import { sum as rest } from './m156.mjs';
export const sum = rest + 155;
