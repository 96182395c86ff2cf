import { sum as rest } from './m198.mjs';
export const sum = rest + 197;
