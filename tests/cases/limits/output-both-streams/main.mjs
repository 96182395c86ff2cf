for (;;) { console.log('x'.repeat(99)); console.error('y'.repeat(99)); }
