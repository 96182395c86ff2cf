import { sum as rest } from './m247.mjs';
export const sum = rest + 246;
