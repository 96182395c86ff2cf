import { sum as rest } from './m34.mjs';
export const sum = rest + 33;
