import { sum as rest } from './m43.mjs';
export const sum = rest + 42;
