import { sum as rest } from './m295.mjs';
export const sum = rest + 294;
