import { sum as rest } from './m202.mjs';
export const sum = rest + 201;
