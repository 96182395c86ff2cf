// A job from its submission to its result, and everything that can be asked about it.
import * as fs from 'node:fs';
import { sleep, source } from './bench.mjs';

export default async function (bench) {
  const service = await bench.start();
  bench.equal(fs.statSync(service.socketPath).mode & 0o777, 0o600, 'mode of the socket');
  for (const probe of ['/healthz', '/readyz']) bench.equal((await service.get(probe)).status, 200, probe);

  const done = await service.run(source('console.log(1 + 1)'));
  bench.equal([done.state, done.attempts, done.result.verdict, done.result.stdout], ['done', 1, 'ok', '2\n'], 'a job');
  bench.check(/^[0-9a-f]{32}$/.test(done.id), done.id);
  bench.equal((await service.get(`/v1/jobs/${done.id}`)).json, done, 'the same object later');
  bench.equal(done.result.policy.files, [], 'no host path');
  bench.equal(done.result.confinement.seccomp, true, 'confinement');

  const accepted = await service.post('/v1/jobs', source('console.log("later")'));
  bench.equal(accepted.status, 202, 'accepted');
  bench.equal(Object.keys(accepted.json), ['id', 'state'], 'accepted');
  bench.equal(accepted.json.state, 'queued', 'accepted');
  bench.equal(accepted.headers.location, `/v1/jobs/${accepted.json.id}`, 'location');
  bench.equal((await service.wait(accepted.json.id)).result.stdout, 'later\n', 'later');

  const verdicts = [
    ['throw new TypeError("no")', {}, 'exception', 1],
    ['import { exit } from "runtime:job"; exit(7)', {}, 'exit', 7],
    ['for (;;);', { limits: { wall: '200ms' } }, 'wall-limit', 4],
    ['for (;;);', { limits: { cpu: '200ms' } }, 'cpu-limit', 4],
    ['const a = []; for (;;) a.push(new Uint8Array(1e6).fill(1))', { limits: { memory: '32MiB' } }, 'memory-limit', 4],
    ['for (;;) console.log("x".repeat(1000))', { limits: { output: '10KiB' } }, 'output-limit', 4],
    ['syntax error', {}, 'exception', 1],
    ['import "./missing.mjs"', {}, 'exception', 1],
  ];
  for (const [text, extra, verdict, exitCode] of verdicts) {
    const { result } = await service.run({ ...source(text), ...extra });
    bench.equal([result.verdict, result.exitCode], [verdict, exitCode], text);
  }
  const limited = await service.run({ ...source(''), limits: { wall: '1500ms', memory: '64MiB', handles: 3, entries: 7 } });
  bench.equal([limited.result.limits.wall, limited.result.limits.memory, limited.result.limits.handles, limited.result.limits.entries],
              ['1500ms', '64MiB', '3', '7'], 'limits of a job');
  const above = await service.run({ ...source(''), limits: { wall: '2h', memory: '8GiB', output: '1GiB' } });
  bench.equal([above.result.limits.wall, above.result.limits.memory, above.result.limits.output], ['1m', '512MiB', '1MiB'], 'limits above the ceiling');

  // Files, arguments, standard input; text and bytes.
  const several = await service.run({
    files: { 'main.mjs': 'import { name } from "./lib/a.mjs"; import { args, stdin } from "runtime:job"; console.log(name, args.join(), (await stdin.readAll()).length)',
             'lib/a.mjs': { base64: Buffer.from('export const name = "ä";').toString('base64') } },
    entry: 'main.mjs', args: ['x', 'y z', ''], stdin: { base64: Buffer.from([0, 255, 1]).toString('base64') },
  });
  bench.equal(several.result.stdout, 'ä x,y z, 3\n', 'files');
  const broken = await service.run(source('console.log(String.fromCharCode(0xd800)); console.log("\\u{1F600}".repeat(3))'));
  bench.equal(broken.result.stdout, '\uFFFD\n\u{1F600}\u{1F600}\u{1F600}\n', 'text');

  // Waiting no longer than asked.
  const before = Date.now();
  const late = await service.post('/v1/jobs?wait=100ms', source('await new Promise((r) => setTimeout(r, 1500))'));
  bench.equal([late.status, late.json.state], [202, 'running'], 'waited');
  bench.check(Date.now() - before < 1200, 'waited too long');

  // Cancelling: one that runs, one that has ended, one that never was.
  const cancelled = await service.request('DELETE', `/v1/jobs/${late.json.id}`);
  bench.equal([cancelled.status, cancelled.json.state, cancelled.json.result.verdict], [200, 'cancelled', 'cancelled'], 'cancelled');
  bench.equal((await service.request('DELETE', `/v1/jobs/${done.id}`)).json, done, 'cancelling what has ended');
  bench.refused(await service.request('DELETE', `/v1/jobs/${'0'.repeat(32)}`), 404, 'no-such-job');
  bench.refused(await service.get(`/v1/jobs/${'0'.repeat(32)}`), 404, 'no-such-job');

  // A deadline counts from the submission.
  const overdue = await service.run({ ...source('for (;;);'), deadline: '300ms' });
  bench.equal([overdue.state, overdue.reason, overdue.result.verdict], ['cancelled', 'its deadline has passed', 'cancelled'], 'deadline');

  const list = (await service.get('/v1/jobs?state=cancelled')).json.jobs;
  bench.equal(list.map((job) => job.id), [overdue.id, late.json.id], 'cancelled jobs, the newest first');
  bench.check(list.every((job) => job.result === undefined), 'no results in lists');
  const page = (await service.get('/v1/jobs?limit=2')).json;
  bench.equal(page.jobs[0].id, overdue.id, 'the newest');
  bench.equal(page.next, `/v1/jobs?before=${page.jobs[1].id}`, 'next');
  const all = [...page.jobs];
  for (let next = page.next; next; ) {
    const more = (await service.get(`${next}&limit=5`)).json;
    all.push(...more.jobs);
    next = more.next;
  }
  bench.equal(new Set(all.map((job) => job.id)).size, all.length, 'no job twice');
  bench.equal(all.at(-1).id, done.id, 'the first');

  const layers = (await service.get('/v1/confinement')).json;
  bench.check(layers.confined === true && layers.layers.some((layer) => layer.name.includes('seccomp')), layers);
  await sleep(0);
  bench.equal(fs.readdirSync(bench.at('home/.local/state/secure-runtime/jobs')), [], 'no folder of a job is left');
  await bench.stop(service);
  bench.check(!fs.existsSync(service.socketPath), 'the socket is removed');
}
