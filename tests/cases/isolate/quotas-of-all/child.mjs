import { grants, parent } from 'runtime:isolate';
await grants.out.writeFile('its', '123456').catch((error) => parent.send(error.code));
const held = [];
try { for (;;) held.push(grants.out.subdir('sub')); } catch (error) { await parent.send(`${error.code} after ${held.length}`); }
