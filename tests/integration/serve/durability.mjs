// Killed at any instant, the service has lost nothing it acknowledged, and nothing is there twice.
import * as fs from 'node:fs';
import { sleep, source } from './bench.mjs';

export default async function (bench) {
  const kills = 6;
  const acknowledged = new Map(); // id: what it prints
  const results = new Map(); // of those seen at their end
  let service;
  let up = false;
  let submitting = true;
  let sequence = 0;
  const client = async () => {
    while (submitting) {
      if (!up) { await sleep(5); continue; }
      const n = sequence++;
      try {
        const wait = n % 3 === 0 ? '?wait=5s' : '';
        const body = { ...source(`console.log(${n}); await new Promise((r) => setTimeout(r, ${n % 7}));`), ...(n % 2 ? { idempotencyKey: `k${n}` } : {}) };
        const answer = await service.post(`/v1/jobs${wait}`, body, { keep: false });
        if (answer.status === 202 || answer.status === 200) {
          acknowledged.set(answer.json.id, `${n}\n`);
          if (answer.json.state === 'done') results.set(answer.json.id, answer.json);
        } else if (answer.status !== 503) {
          bench.check(false, `${answer.status} ${answer.text}`);
        }
      } catch { /* it was killed meanwhile: nothing is known */ }
    }
  };
  const clients = Array.from({ length: 6 }, client);
  for (let i = 0; i < kills; i++) {
    service = await bench.start({ config: '[pool]\nrunning = 4\n' });
    if (service.end) { bench.check(false, `it does not start again: ${service.stderr}`); break; }
    up = true;
    await sleep(150 + 97 * i);
    up = false;
    await service.kill('SIGKILL');
  }
  submitting = false;
  await Promise.all(clients);
  service = await bench.start({ config: '[pool]\nrunning = 4\n' });
  bench.equal(fs.readdirSync(bench.at('state')).sort().filter((name) => !name.startsWith('queue')), ['artifacts', 'jobs', 'lock'], 'the state');
  bench.check(acknowledged.size > 50, `only ${acknowledged.size} jobs were acknowledged`);
  let again = 0;
  for (const [id, stdout] of acknowledged) {
    const job = await service.wait(id);
    if (job.result?.verdict !== 'ok' || job.result.stdout !== stdout) bench.check(false, `${id}: ${JSON.stringify(job).slice(0, 300)}`);
    if (job.attempts > 1) again++;
    // What was once told is what is told.
    if (results.has(id)) bench.equal(job, results.get(id), 'a result that was told');
  }
  // And those that were stored when it was killed, before anybody was told.
  for (const state of ['queued', 'running']) {
    while ((await service.get(`/v1/jobs?state=${state}`)).json.jobs.length > 0) await sleep(50);
  }
  bench.check(again > 0, 'no job was begun twice: the kills came too late');
  const listed = [];
  for (let next = '/v1/jobs?limit=1000'; next; ) {
    const page = (await service.get(next)).json;
    listed.push(...page.jobs);
    next = page.next;
  }
  bench.equal(new Set(listed.map((job) => job.id)).size, listed.length, 'ids are single');
  bench.check(listed.every((job) => job.state === 'done'), 'all have ended');
  bench.equal(fs.readdirSync(bench.at('state/jobs')), [], 'no folder is left');

  // A stop: what runs has its time, what waits is there at the next start, and what does not end in time is run again.
  const short = await service.submit(source('await new Promise((r) => setTimeout(r, 500)); console.log("drained")'));
  await bench.stop(service);
  service = await bench.start({ config: '[pool]\nrunning = 1\ndrain = "300ms"\n' });
  bench.equal((await service.get(`/v1/jobs/${short}`)).json.result?.stdout, 'drained\n', 'drained');
  const endless = await service.submit({ ...source('console.log(1); await new Promise((r) => setTimeout(r, 3000)); console.log("end")'), idempotencyKey: 'endless' });
  const waiting = await service.submit(source('console.log("waited")'));
  const watched = service.post('/v1/jobs?wait=50s', source('console.log("third")'), { keep: false });
  await sleep(200);
  const stopping = bench.stop(service);
  await sleep(50);
  bench.refused(await service.get('/readyz', { keep: false }).catch(() => ({ status: 503, text: '', json: { error: { code: 'stopping', message: ' ' } } })), 503, 'stopping');
  await stopping;
  bench.equal([(await watched).status, (await watched).json.state], [202, 'queued'], 'whoever waited is told');
  service = await bench.start({ config: '[pool]\nrunning = 1\n' });
  const ended = await service.wait(endless);
  bench.equal([ended.attempts, ended.result.stdout], [2, '1\nend\n'], 'run again');
  bench.equal((await service.wait(waiting)).result.stdout, 'waited\n', 'it waited');
  bench.equal((await service.run({ ...source('console.log(1); await new Promise((r) => setTimeout(r, 3000)); console.log("end")'), idempotencyKey: 'endless' })).id, endless, 'its key stands');

  // A second service cannot have the same state, nor the same socket.
  const second = await bench.start({ args: ['--config', 'serve.toml'] });
  bench.check(second.end?.status === 2 && second.stderr.includes('another service has'), second.stderr);
  bench.write('second.toml', 'version = 1\n[listen]\nhttp = "unix:http.sock"\n[state]\nfolder = "state2"\n');
  const third = await bench.start({ args: ['--config', 'second.toml'] });
  bench.check(third.end?.status === 2 && third.stderr.includes('another service listens'), third.stderr);
  bench.equal((await service.get('/healthz')).status, 200, 'the first goes on');
  await bench.stop(service);
}
