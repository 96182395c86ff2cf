await new Promise((resolve) => setTimeout(resolve, 700));
console.log('awake');
