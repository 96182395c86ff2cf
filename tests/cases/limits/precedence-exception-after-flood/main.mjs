console.log('x'.repeat(200000));
throw new Error('late');
