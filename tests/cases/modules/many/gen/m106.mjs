import { sum as rest } from './m107.mjs';
export const sum = rest + 106;
