import { sum as rest } from './m147.mjs';
export const sum = rest + 146;
