import { sum as rest } from './m287.mjs';
export const sum = rest + 286;
