import './lib/bad.mjs';
console.log('never');
