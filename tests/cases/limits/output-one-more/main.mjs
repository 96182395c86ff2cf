console.log('x'.repeat(1024));
