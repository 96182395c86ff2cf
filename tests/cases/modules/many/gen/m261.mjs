import { sum as rest } from './m262.mjs';
export const sum = rest + 261;
