import { sum as rest } from './m72.mjs';
export const sum = rest + 71;
