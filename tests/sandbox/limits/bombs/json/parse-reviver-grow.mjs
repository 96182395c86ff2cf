// verdict: ok
// memory: 32MiB 128MiB
// jit: true false
JSON.parse('[1,2,3]', function (k, v) { if (Array.isArray(this)) this.push(1); return v; });
