// Ends for want of memory: the only end of a job that the worker makes itself.
const kept = [];
for (;;) kept.push(new Array(1000).fill({}));
