import { sum as rest } from './m291.mjs';
export const sum = rest + 290;
