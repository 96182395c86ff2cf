import { sum as rest } from './m283.mjs';
export const sum = rest + 282;
