import { sum as rest } from './m91.mjs';
export const sum = rest + 90;
