import { sum as rest } from './m225.mjs';
export const sum = rest + 224;
