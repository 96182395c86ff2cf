import { sum as rest } from './m170.mjs';
export const sum = rest + 169;
