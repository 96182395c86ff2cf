import { spawn } from 'runtime:isolate';
const children = [spawn('./busy.mjs', { limits: { wall: '1h' } }), spawn('./busy.mjs')];
try {
  for (const child of children) await child.ended;
} finally {
  console.log('never');
}
