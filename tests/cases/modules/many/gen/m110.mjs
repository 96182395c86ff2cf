import { sum as rest } from './m111.mjs';
export const sum = rest + 110;
