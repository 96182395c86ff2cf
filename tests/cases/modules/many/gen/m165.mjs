import { sum as rest } from './m166.mjs';
export const sum = rest + 165;
