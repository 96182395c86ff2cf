import { sum as rest } from './m19.mjs';
export const sum = rest + 18;
