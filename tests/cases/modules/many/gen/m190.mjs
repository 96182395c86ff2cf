import { sum as rest } from './m191.mjs';
export const sum = rest + 190;
