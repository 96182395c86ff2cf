const line = 'x'.repeat(1000);
for (;;) console.log(line);
