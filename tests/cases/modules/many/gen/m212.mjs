import { sum as rest } from './m213.mjs';
export const sum = rest + 212;
