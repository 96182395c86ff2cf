import { sum as rest } from './m296.mjs';
export const sum = rest + 295;
