let total = 0;
for (let i = 0; i < 200; i++) { const piece = new Uint8Array(1 << 20); piece.fill(i); total += piece.length; }
console.log(total >> 20);
