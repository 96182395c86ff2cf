import { sum as rest } from './m149.mjs';
export const sum = rest + 148;
