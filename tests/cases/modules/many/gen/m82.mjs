import { sum as rest } from './m83.mjs';
export const sum = rest + 82;
