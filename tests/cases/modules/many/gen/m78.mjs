import { sum as rest } from './m79.mjs';
export const sum = rest + 78;
