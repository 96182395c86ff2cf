import { sum as rest } from './m136.mjs';
export const sum = rest + 135;
