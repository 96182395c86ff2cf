import fs from 'runtime:fs';
const found = [];
Error.prepareStackTrace = (error, sites) => { for (const site of sites) found.push(site.getThis?.(), site.getFunction?.()); return ''; };
try { fs.readFileSync('/none'); } catch (error) { void error.stack; }
console.log(found.filter((value) => value !== undefined).length);
Error.prepareStackTrace = undefined;
Error.stackTraceLimit = Infinity;
try { fs.readFileSync('/none'); } catch (error) { console.log(error.stack.split('\n').length); }
for (const name of ['caller', 'arguments']) try { console.log(fs.readFileSync[name]); } catch (error) { console.log(error.name); }
console.log(fs.readFileSync.toString().length < 200, Object.hasOwn(fs.readFileSync, 'prototype'));
