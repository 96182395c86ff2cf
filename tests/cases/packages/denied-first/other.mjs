export { default } from './link.mjs';
