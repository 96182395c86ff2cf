import { sum as rest } from './m281.mjs';
export const sum = rest + 280;
