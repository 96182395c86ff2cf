import { sum as rest } from './m235.mjs';
export const sum = rest + 234;
