console.log('ready');
await new Promise((resolve) => setTimeout(resolve, 9000));
