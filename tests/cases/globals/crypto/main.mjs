const bytes = crypto.getRandomValues(new Uint8Array(32));
console.log(bytes.length, bytes.some((b) => b !== 0), String(crypto.getRandomValues(new Uint8Array(32))) !== String(bytes));
try { crypto.getRandomValues(new Uint8Array(65537)); } catch (error) { console.log(error.name); }
try { crypto.getRandomValues(new Float32Array(1)); } catch (error) { console.log(error.name); }
