const before = [Date.now(), performance.now(), new Date().getTime()];
for (let i = 0; i < 1e6; i++);
await new Promise((resolve) => setTimeout(resolve, 20));
console.log(Date.now() === before[0], performance.now() === before[1], new Date().getTime() === before[2], before[0] > 1.7e12);
