import { sum as rest } from './m139.mjs';
export const sum = rest + 138;
