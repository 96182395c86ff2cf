import './x/y.mjs';
console.log(import.meta.url);
