// verdict: memory-limit
// memory: 16MiB 32MiB
// jit: true false
// long: only
const r = new FinalizationRegistry(() => {});
for (;;) r.register({}, new Array(10));
