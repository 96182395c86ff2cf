import { sum as rest } from './m227.mjs';
export const sum = rest + 226;
