console.log(import.meta.url);
await import('../beside.mjs').catch((error) => console.log(error.name, error.code));
