const hoard = [];
for (;;) hoard.push(new Array(1000).fill({}));
