// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
try {
/(?:.|\n)*?(?:.|\n)*$/.exec('ab\n'.repeat(2e7) + 'x'); /^(?:(.)|x)*$/.exec('q'.repeat(3e7));
console.log('ended');
} catch (e) { console.log(e.name); }
