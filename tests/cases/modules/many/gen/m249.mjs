import { sum as rest } from './m250.mjs';
export const sum = rest + 249;
