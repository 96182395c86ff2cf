import { sum as rest } from './m200.mjs';
export const sum = rest + 199;
