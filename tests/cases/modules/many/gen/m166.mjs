import { sum as rest } from './m167.mjs';
export const sum = rest + 166;
