import { parent } from 'runtime:isolate';

await parent.send('x'.repeat(250_000));
await parent.send('y'.repeat(250_000));
