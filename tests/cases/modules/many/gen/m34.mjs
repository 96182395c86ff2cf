import { sum as rest } from './m35.mjs';
export const sum = rest + 34;
