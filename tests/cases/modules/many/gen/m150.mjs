import { sum as rest } from './m151.mjs';
export const sum = rest + 150;
