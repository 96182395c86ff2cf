// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
try {
new RegExp('[\\q{' + Array.from({length:1e5},(_, i)=>'a'.repeat(i%50)+i).join('|') + '}]', 'v').test('x');
console.log('ended');
} catch (e) { console.log(e.name); }
