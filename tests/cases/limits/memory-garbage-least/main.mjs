let total = 0;
for (let i = 0; i < 40; i++) total += new Array(100000).fill(i).map((x) => ({ x })).length;
for (let i = 0; i < 400; i++) total += ('x' + i).repeat(100000).toUpperCase().length;
for (let i = 0; i < 200; i++) total += new Uint8Array(1 << 20).length;
console.log(total);
