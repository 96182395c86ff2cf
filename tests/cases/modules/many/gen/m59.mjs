import { sum as rest } from './m60.mjs';
export const sum = rest + 59;
