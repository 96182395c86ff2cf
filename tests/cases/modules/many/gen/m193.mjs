import { sum as rest } from './m194.mjs';
export const sum = rest + 193;
