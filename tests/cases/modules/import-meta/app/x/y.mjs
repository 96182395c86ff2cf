console.log(import.meta.url);
console.log(new URL('../z.txt', import.meta.url).pathname);
