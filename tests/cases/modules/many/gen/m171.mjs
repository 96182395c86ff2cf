import { sum as rest } from './m172.mjs';
export const sum = rest + 171;
