import { sum as rest } from './m27.mjs';
export const sum = rest + 26;
