const all = [];
try { for (;;) all.push({ n: all.length, text: 'x' + all.length }); } catch { console.log('caught'); }
