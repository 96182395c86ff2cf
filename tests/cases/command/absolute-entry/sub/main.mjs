console.log(import.meta.url, process.argv.length, new Error('x').stack);
