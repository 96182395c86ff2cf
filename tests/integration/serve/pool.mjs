// Workers that are ready before their jobs: each has one job, all that holds a worker holds them, and whatever becomes
// of them or of their zygote, no job is lost.
import * as fs from 'node:fs';
import { sleep, source } from './bench.mjs';

const childrenOf = (pid) => {
  try {
    return fs.readdirSync(`/proc/${pid}/task`).flatMap((task) => fs.readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number));
  } catch {
    return [];
  }
};

export default async function (bench) {
  const service = await bench.start({ config: '[pool]\nready = 3\nrunning = 2\nzygote_jobs = 12\n' });
  const zygotes = () => childrenOf(service.child.pid);
  const workers = () => zygotes().flatMap(childrenOf);
  const until = async (holds, what) => {
    for (let i = 0; i < 400 && !holds(); i++) await sleep(25);
    bench.check(holds(), `${what}: zygotes ${zygotes()}, workers ${workers()}`);
  };
  const metric = async (name) => Number(new RegExp(`^${name} (.*)$`, 'm').exec((await service.get('/metrics')).text)?.[1]);
  await until(() => workers().length === 3, 'three are ready');
  const status = fs.readFileSync(`/proc/${workers()[0]}/status`, 'utf8');
  for (const line of ['Seccomp:\t2', 'NoNewPrivs:\t1', 'CapEff:\t0000000000000000', 'Threads:\t1'])
    bench.check(status.includes(line), `a worker that waits is confined: ${line}`);

  // With huge pages the code of libnode is no file's any more, but for the ends. To others than root a zygote shows nothing.
  const runsFile = (pid) => {
    try {
      const ranges = fs.readFileSync(`/proc/${pid}/maps`, 'utf8').matchAll(/^(\w+)-(\w+) r-xp .*\/libnode/gm);
      return [...ranges].some(([, from, to]) => parseInt(to, 16) - parseInt(from, 16) > 4 << 20);
    } catch (error) {
      return error.code;
    }
  };
  const hasHugePages = !fs.readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8').includes('[never]');
  bench.equal(runsFile(zygotes()[0]), process.getuid() === 0 ? !hasHugePages : 'EACCES', 'libnode is run from its file');

  // A job takes one that was ready, and another comes in its place; none has two jobs.
  const used = new Set();
  for (let i = 0; i < 6; i++) {
    await until(() => workers().length === 3, 'refilled');
    const before = workers();
    const id = await service.submit(source('globalThis.left = 1; await new Promise((r) => setTimeout(r, 400)); console.log(typeof globalThis.right)'));
    await sleep(200);
    const limits = workers().filter((pid) => before.includes(pid)).map((pid) => {
      try { return [pid, fs.readFileSync(`/proc/${pid}/limits`, 'utf8')]; } catch { return [pid, '']; }
    }).filter(([, text]) => /Max cpu time +11 +12/.test(text));
    bench.equal(limits.length, 1, 'one of those that were ready has the limits of the job');
    const [[worker, text] = [0, '']] = limits;
    bench.check(!used.has(worker), 'a worker has one job');
    used.add(worker);
    const data = Number(/Max data size +(\d+)/.exec(text)?.[1]);
    bench.check(data > 128 << 20 && data < 256 << 20, `data size ${data}`);
    const job = await service.wait(id);
    bench.equal([job.result.verdict, job.result.stdout], ['ok', 'undefined\n'], 'a job');
    await until(() => !workers().includes(worker), 'a worker ends with its job');
  }
  bench.check(await metric('secure_runtime_jobs_from_ready_total') >= 6, 'jobs from the pool');

  // Their limits are those of each job.
  for (const [limits, program, verdict] of [
    [{ memory: '32MiB' }, 'const a = []; for (;;) a.push(new Array(1000).fill({}))', 'memory-limit'],
    [{ memory: '32MiB' }, 'const a = []; for (;;) a.push(new Uint8Array(1e6).fill(1))', 'memory-limit'],
    [{ cpu: '300ms' }, 'for (;;);', 'cpu-limit'],
    [{ wall: '300ms' }, 'await new Promise((r) => setTimeout(r, 5000))', 'wall-limit'],
    [{ memory: '400MiB' }, 'const a = []; for (let i = 0; i < 200; i++) a.push(new Uint8Array(1e6).fill(1)); console.log(a.length)', 'ok'],
  ]) bench.equal((await service.run({ ...source(program), limits })).result.verdict, verdict, JSON.stringify(limits));
  bench.equal((await service.run({ ...source('1'), policy: 'version = 1\n[engine]\njit = false\n' })).result.confinement.jit, false, 'without the JIT compiler');

  // Random numbers, clocks and hashes are each worker's own.
  const randoms = [];
  for (let i = 0; i < 4; i++) randoms.push((await service.run(source('console.log(Math.random(), crypto.getRandomValues(new Uint32Array(1))[0])'))).result.stdout);
  bench.equal(new Set(randoms).size, 4, 'randomness');

  // After so many workers another zygote takes over, and the old one ends.
  const [first] = zygotes();
  for (let i = 0; i < 14; i++) bench.equal((await service.run(source('console.log(1)'))).result.stdout, '1\n', 'while zygotes are replaced');
  await until(() => !zygotes().includes(first), 'the first zygote has ended');
  bench.check(await metric('secure_runtime_zygotes_started_total') >= 2, 'zygotes started');

  // Killed while they wait, alone and with their zygote.
  await until(() => workers().length >= 3, 'ready again');
  for (const pid of workers()) process.kill(pid, 'SIGKILL');
  for (let i = 0; i < 4; i++) bench.equal((await service.run(source('console.log(2)'))).result.stdout, '2\n', 'after ready workers were killed');
  const killed = zygotes();
  for (const pid of killed) process.kill(pid, 'SIGKILL');
  await until(() => !zygotes().some((pid) => killed.includes(pid)), 'the zygotes are dead');
  for (let i = 0; i < 4; i++) {
    const { result } = await service.run(source('console.log(3)'));
    bench.equal([result.verdict, result.stdout, result.reason], ['ok', '3\n', undefined], 'after zygotes were killed');
  }
  await until(() => workers().length === 3, 'ready once more');
  await bench.stop(service);

  // By age; and none ready at all.
  const old = await bench.start({ config: '[pool]\nready = 1\nzygote_age = "500ms"\n' });
  const begin = childrenOf(old.child.pid);
  for (let i = 0; i < 8; i++) {
    bench.equal((await old.run(source('await new Promise((r) => setTimeout(r, 200)); console.log(4)'))).result.stdout, '4\n', 'while zygotes age');
  }
  bench.check(!childrenOf(old.child.pid).some((pid) => begin.includes(pid)), 'a zygote of that age');
  await bench.stop(old);
  const none = await bench.start({ config: '[pool]\nready = 0\n' });
  bench.equal((await none.run(source('console.log(5)'))).result.stdout, '5\n', 'without a pool');
  await bench.stop(none);
}
