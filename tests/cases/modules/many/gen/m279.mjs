import { sum as rest } from './m280.mjs';
export const sum = rest + 279;
