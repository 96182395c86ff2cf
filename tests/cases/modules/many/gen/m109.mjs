import { sum as rest } from './m110.mjs';
export const sum = rest + 109;
