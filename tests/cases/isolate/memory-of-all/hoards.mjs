const hoard = [];
for (;;) hoard.push(new Uint8Array(2 ** 20).fill(1));
