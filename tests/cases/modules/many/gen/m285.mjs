import { sum as rest } from './m286.mjs';
export const sum = rest + 285;
