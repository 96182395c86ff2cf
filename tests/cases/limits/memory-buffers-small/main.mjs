const all = [];
for (;;) all.push(new ArrayBuffer(16));
