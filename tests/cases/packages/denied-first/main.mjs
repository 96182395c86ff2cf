await import('./link.mjs').catch((error) => console.log(error.code));
console.log((await import('./other.mjs')).default);
