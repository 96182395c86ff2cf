import { sum as rest } from './m297.mjs';
export const sum = rest + 296;
