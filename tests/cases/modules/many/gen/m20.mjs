import { sum as rest } from './m21.mjs';
export const sum = rest + 20;
