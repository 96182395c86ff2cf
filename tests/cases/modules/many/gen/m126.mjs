import { sum as rest } from './m127.mjs';
export const sum = rest + 126;
