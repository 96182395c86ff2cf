import { sum as rest } from './m118.mjs';
export const sum = rest + 117;
