import data from './data.json' with { type: 'json' };
console.log(data.list[1], (await import('./data.json', { with: { type: 'json' } })).default === data);
await import('./data.json').catch((error) => console.log(error.name, error.code));
await import('./broken.json', { with: { type: 'json' } }).catch((error) => console.log(error.name));
