import { sum as rest } from './m130.mjs';
export const sum = rest + 129;
