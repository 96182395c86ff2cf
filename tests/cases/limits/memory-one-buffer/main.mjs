try { new ArrayBuffer(2 ** 32); } catch { console.log('caught'); }
