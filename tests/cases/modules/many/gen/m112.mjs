import { sum as rest } from './m113.mjs';
export const sum = rest + 112;
