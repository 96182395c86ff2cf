import { sum as rest } from './m169.mjs';
export const sum = rest + 168;
