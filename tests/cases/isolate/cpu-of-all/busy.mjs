console.log('ready');
try { for (;;) {} } finally { console.log('never'); }
