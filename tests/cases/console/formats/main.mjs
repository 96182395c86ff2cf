console.log('%s is %d years, %i, %f, %j %o %O %%', 'Ada', 36.5, 36.5, '1.25', { a: 1 }, [1], { b: { c: {} } });
console.log('%s %s', 'one');
console.log('%c styled', 'color: red');
console.log('a', '%s', 'b');
console.log();
