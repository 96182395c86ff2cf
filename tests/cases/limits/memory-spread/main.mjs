console.log([...'.'.repeat(5e8)].length);
