import { sum as rest } from './m174.mjs';
export const sum = rest + 173;
