await import('./lib/a.mjs');
await import('./lib/b.mjs');
try {
  await import('./lib/ab.mjs');
  console.log('loaded');
} catch (error) {
  console.log('refused', error.code, error.message.split(',')[0]);
}
