import { sum as rest } from './m78.mjs';
export const sum = rest + 77;
