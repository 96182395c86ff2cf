import { sum as rest } from './m80.mjs';
export const sum = rest + 79;
