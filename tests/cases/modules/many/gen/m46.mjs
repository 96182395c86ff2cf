import { sum as rest } from './m47.mjs';
export const sum = rest + 46;
