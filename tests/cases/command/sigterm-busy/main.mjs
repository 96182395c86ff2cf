console.log('ready');
for (;;) {}
