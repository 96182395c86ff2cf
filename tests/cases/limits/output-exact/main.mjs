console.log('x'.repeat(1023));
