// verdict: memory-limit
// memory: 16MiB 32MiB 128MiB
// jit: true false
// long: only
const all = [];
for (;;) all.push(new Intl.PluralRules('ar'), new Intl.ListFormat('en'), new Intl.RelativeTimeFormat('en'), new Intl.DisplayNames('en', { type: 'region' }));
