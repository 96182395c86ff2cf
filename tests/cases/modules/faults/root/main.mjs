async function attempt(specifier, options) {
  try {
    await import(specifier, options);
    console.log(specifier, 'LOADED');
  } catch (error) {
    console.log(specifier, error.code);
  }
}
await attempt('./missing.mjs');
await attempt('./folder');
await attempt('./folder.mjs');
await attempt('./folder/');
await attempt('./notes.txt');
await attempt('bare');
await attempt('../outside.mjs');
await attempt('/../../outside.mjs');
await attempt('/etc/passwd.mjs');
await attempt('file:///etc/hostname.js');
await attempt('file://elsewhere/a.mjs');
await attempt('data:text/javascript,console.log(1)');
await attempt('https://example.com/a.mjs');
await attempt('node:child_process');
await attempt('runtime:nothing');
await attempt('./a%2fb.mjs');
await attempt('');
await attempt('./leaves-by-link.mjs');
await attempt('./linked/away.mjs');
await attempt('./absolute-link.mjs');
await attempt('./within.mjs');
