import { sum as rest } from './m219.mjs';
export const sum = rest + 218;
