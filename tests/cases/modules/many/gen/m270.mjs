import { sum as rest } from './m271.mjs';
export const sum = rest + 270;
