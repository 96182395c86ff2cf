import { sum as rest } from './m140.mjs';
export const sum = rest + 139;
