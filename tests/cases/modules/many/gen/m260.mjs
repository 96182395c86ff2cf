import { sum as rest } from './m261.mjs';
export const sum = rest + 260;
