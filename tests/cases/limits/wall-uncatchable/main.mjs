try { for (;;) {} } catch { console.log('caught'); } finally { console.log('finally'); }
