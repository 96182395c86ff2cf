import { sum as rest } from './m154.mjs';
export const sum = rest + 153;
