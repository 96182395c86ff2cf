import { sum as rest } from './m178.mjs';
export const sum = rest + 177;
