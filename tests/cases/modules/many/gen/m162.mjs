import { sum as rest } from './m163.mjs';
export const sum = rest + 162;
