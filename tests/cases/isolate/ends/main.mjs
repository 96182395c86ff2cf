import { spawn } from 'runtime:isolate';

async function show(child, more = () => '') {
  const end = await child.ended;
  console.log(`${end.verdict} ${end.exitCode}${more(end)}`);
}
await show(spawn('./ok.mjs'));
await show(spawn('./exits.mjs'));
await show(spawn('./throws.mjs'), ({ exception }) => ` ${exception.name}: ${exception.message}`);
await show(spawn('./syntax.mjs'), ({ exception }) => ` ${exception.name}`);
await show(spawn('./missing.mjs'), ({ exception }) => ` ${exception.name}`);
await show(spawn('./loops.mjs', { limits: { wall: '200ms' } }));
await show(spawn('./loops.mjs', { limits: { cpu: '100ms' } }));
await show(spawn('./hoards.mjs', { limits: { memory: '24MiB' } }));
const child = spawn('./loops.mjs');
child.terminate();
child.terminate();
await show(child);
for (const specifier of ['runtime:fs', 'no-such-package']) {
  try { spawn(specifier); } catch (error) { console.log(error.code); }
}
for (const limits of [{ wall: '1' }, { cpu: '-1s' }]) {
  try { spawn('./ok.mjs', { limits }); } catch (error) { console.log(error.name); }
}
try { spawn('./ok.mjs', { limits: { memory: '1MiB' } }); } catch (error) { console.log(error.code); }
console.log(`the same promise: ${child.ended === child.ended}`);
