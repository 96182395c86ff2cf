import { b } from './b.mjs';
export const name = 'a';
export function a() { return b() + name; }
