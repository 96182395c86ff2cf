import { sum as rest } from './m212.mjs';
export const sum = rest + 211;
