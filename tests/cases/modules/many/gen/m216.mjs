import { sum as rest } from './m217.mjs';
export const sum = rest + 216;
