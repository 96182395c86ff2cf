import { sum as rest } from './m157.mjs';
export const sum = rest + 156;
