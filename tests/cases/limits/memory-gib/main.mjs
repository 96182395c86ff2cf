const all = [];
for (;;) { const piece = new Uint8Array(16 << 20); piece.fill(1); all.push(piece); }
