import { sum as rest } from './m132.mjs';
export const sum = rest + 131;
