import { sum as rest } from './m242.mjs';
export const sum = rest + 241;
