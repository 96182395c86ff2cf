await new Promise((resolve) => setTimeout(resolve, 30));
console.log(Date.now() % 100, performance.now() % 100, new Date().getTime() % 100);
