import { sum as rest } from './m226.mjs';
export const sum = rest + 225;
