import { sum as rest } from './m205.mjs';
export const sum = rest + 204;
