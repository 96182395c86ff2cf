await import('./secret/key.mjs').catch((error) => console.log(error.name));
