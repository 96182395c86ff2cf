// A database that is damaged, foreign or locked, and a disk that is full: said clearly, and nothing is made worse.
import * as fs from 'node:fs';
import { sleep, source } from './bench.mjs';

export default async function (bench) {
  const first = await bench.start({ config: '' });
  const done = await first.run(source('console.log(1)'));
  const queue = bench.at('state/queue.sqlite');

  // Locked by another process, whatever folder that calls its own.
  fs.mkdirSync(bench.at('other'), { mode: 0o700 });
  fs.linkSync(queue, bench.at('other/queue.sqlite'));
  bench.write('other.toml', 'version = 1\n[listen]\nhttp = "unix:other.sock"\n[state]\nfolder = "other"\n');
  const locked = await bench.start({ args: ['--config', 'other.toml'] });
  bench.check(locked.end?.status === 2 && /queue\.sqlite cannot be used: .*locked/.test(locked.stderr), locked.stderr);
  bench.equal((await first.get(`/v1/jobs/${done.id}`)).status, 200, 'who has the lock goes on');
  await bench.stop(first);

  const good = fs.readFileSync(queue);
  const startsWith = async (bytes, pattern, what) => {
    fs.writeFileSync(queue, bytes);
    const service = await bench.start({ config: '' });
    if (!service.end) await service.kill();
    bench.check(service.end.status === 2 && pattern.test(service.stderr) && service.stderr.includes(queue), `${what}: ${service.stderr}`);
  };
  await startsWith(Buffer.from('no database at all, but some text that is longer than a header'.repeat(100)), /cannot be used: .*not a database.*move it away/, 'no database');
  const patched = (offset, bytes) => { const copy = Buffer.from(good); Buffer.from(bytes).copy(copy, offset); return copy; };
  await startsWith(patched(60, [0, 0, 0, 99]), /it is of version 99, and this program knows those up to 1/, 'a newer version');
  await startsWith(patched(68, [1, 2, 3, 4]), /it is the database of another program/, 'of another program');
  bench.check(fs.readFileSync(queue).equals(patched(68, [1, 2, 3, 4])), 'what is not ours is left as it is');

  // Damaged further on: what cannot be read is said to be so, and the service lives.
  fs.writeFileSync(queue, patched(4096, Buffer.alloc(good.length - 4096, 0xa5)));
  const damaged = await bench.start({ config: '' });
  if (damaged.end) {
    bench.check(damaged.end.status === 2 && damaged.stderr.includes('malformed'), damaged.stderr);
  } else {
    bench.refused(await damaged.get(`/v1/jobs/${done.id}`), 503, 'storage-unavailable');
    await damaged.kill();
  }
  fs.writeFileSync(queue, good);
  for (const file of ['queue.sqlite-wal', 'queue.sqlite-shm']) fs.rmSync(bench.at('state', file), { force: true });
  const again = await bench.start({ config: '' });
  bench.equal((await again.get(`/v1/jobs/${done.id}`)).json, done, 'restored');
  await bench.stop(again);

  // A folder that others may read, that is none, that cannot be made.
  fs.chmodSync(bench.at('state'), 0o755);
  const open = await bench.start({ config: '' });
  bench.check(open.end?.status === 2 && open.stderr.includes('chmod 700'), open.stderr);
  fs.chmodSync(bench.at('state'), 0o700);
  bench.write('file', '');
  bench.write('file.toml', 'version = 1\n[listen]\nhttp = "unix:x.sock"\n[state]\nfolder = "file"\n');
  const file = await bench.start({ args: ['--config', 'file.toml'] });
  bench.check(file.end?.status === 2 && file.stderr.includes('is no folder'), file.stderr);
  bench.write('nosocket', 'x');
  bench.write('nosocket.toml', 'version = 1\n[listen]\nhttp = "unix:nosocket"\n[state]\nfolder = "state"\n');
  const noSocket = await bench.start({ args: ['--config', 'nosocket.toml'] });
  bench.check(noSocket.end?.status === 2 && noSocket.stderr.includes('is no socket'), noSocket.stderr);
  const missing = await bench.start({ args: ['--config', 'missing.toml'] });
  bench.check(missing.end?.status === 2 && missing.stderr.includes('missing.toml'), missing.stderr);

  // A dead service's socket is replaced.
  const killed = await bench.start({ config: '' });
  await killed.kill();
  bench.check(fs.existsSync(killed.socketPath), 'it stays behind');
  const next = await bench.start({ config: '' });
  bench.equal((await next.get('/readyz')).status, 200, 'replaced');
  await bench.stop(next);

  // A full disk. It is one of its own, in a mount namespace of the service.
  const small = ['unshare', process.getuid() === 0 ? '-m' : '-rm', 'sh', '-c', 'mount -t tmpfs -o size=8m,mode=700 none state && exec "$@"', 'sh'];
  const service = await bench.start({ config: '', wrapper: small });
  const inside = `/proc/${service.child.pid}/root${bench.at('state')}`;
  const running = await service.submit(source('await new Promise((r) => setTimeout(r, 1000)); console.log("stored at last")'));
  await sleep(200);
  const filler = fs.openSync(`${inside}/filler`, 'w');
  try { for (;;) fs.writeSync(filler, Buffer.alloc(4096)); } catch (error) { bench.equal(error.code, 'ENOSPC', 'full'); }
  const large = { source: '', stdin: 'x'.repeat(1 << 20) };
  bench.refused(await service.post('/v1/jobs', large), 503, 'storage-full');
  bench.check(Number((await service.post('/v1/jobs', large)).headers['retry-after']) > 0, 'retry after');
  bench.equal((await service.get('/healthz')).status, 200, 'it lives');
  await sleep(1500);
  const state = (await service.get(`/v1/jobs/${running}`)).json.state;
  bench.check(state === 'running' || state === 'done', state);
  fs.closeSync(filler);
  fs.rmSync(`${inside}/filler`);
  bench.equal((await service.wait(running)).result.stdout, 'stored at last\n', 'a result waits for room');
  bench.equal((await service.run({ ...large, source: 'console.log(2)' })).result.stdout, '2\n', 'there is room again');
  await bench.stop(service);

  // More than the configuration allows to be stored: what has ended makes room, what waits does not.
  const bounded = await bench.start({ state: 'size = "4MiB"', config: '[pool]\nrunning = 1\n' });
  const blocker = await bounded.submit(source('await new Promise((r) => setTimeout(r, 60000))'));
  const answers = [];
  for (let i = 0; i < 6; i++) answers.push(await bounded.post('/v1/jobs', large));
  bench.equal(answers.map((answer) => answer.status), [202, 202, 202, 429, 429, 429], 'size');
  bench.refused(answers[3], 429, 'storage-full');
  await bounded.request('DELETE', `/v1/jobs/${blocker}`);
  await Promise.all(answers.slice(0, 3).map((answer) => bounded.wait(answer.json.id)));
  for (let i = 0; i < 30; i++) {
    const job = await bounded.run({ source: 'console.log("x".repeat(300000))' });
    bench.equal(job.result.verdict, 'ok', 'the oldest make room');
    if (i % 10 === 9) await sleep(100);
  }
  await bench.stop(bounded);
}
