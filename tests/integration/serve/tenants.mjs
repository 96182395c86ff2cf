// Tenants: who they are, what each has of the service, and that nothing of one is seen by another.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { sha256, sleep, source } from './bench.mjs';

const tenant = (name, rest = '') => `[[tenant]]\nname = "${name}"\ntoken_sha256 = "${sha256(name)}"\n${rest}\n`;

export default async function (bench) {
  const service = await bench.start({
    config: `[pool]\nrunning = 2\n${tenant('a', 'weight = 3')}${tenant('b')}${tenant('slow', 'rate = "2/s"\nrunning = 1\nqueued = 3')}${tenant('ops', 'operator = true')}${tenant('one', 'running = 1')}`,
  });
  const a = { token: 'a' }, b = { token: 'b' }, slow = { token: 'slow' };

  // Who is who. Through the Unix socket our own user is the default tenant.
  for (const headers of [{ authorization: 'Bearer x' }, { authorization: 'Basic YTp4' }, { authorization: 'Basic YQ==' }, { authorization: 'Basic !' }, { authorization: 'Bearer ' }, { authorization: 'a' }, { authorization: `Bearer ${sha256('a')}` }]) {
    const answer = await service.get('/v1/jobs', { headers });
    bench.refused(answer, 401, 'unauthorized', headers.authorization);
    bench.equal(answer.headers['www-authenticate'], 'Bearer', 'challenge');
  }
  for (const authorization of ['bEaReR a', 'Basic OmE=', 'basic dXNlcjph'])
    bench.equal((await service.get('/v1/jobs', { headers: { authorization } })).status, 200, authorization);

  // Every id, name, key and count is a tenant's own.
  const ofA = await service.run({ ...source('console.log("a")'), idempotencyKey: 'k' }, a);
  for (const options of [b, {}, { token: 'ops' }]) {
    bench.refused(await service.get(`/v1/jobs/${ofA.id}`, options), 404, 'no-such-job');
    bench.refused(await service.get(`/v1/jobs/${ofA.id}/events`, options), 404, 'no-such-job');
    bench.refused(await service.request('DELETE', `/v1/jobs/${ofA.id}`, options), 404, 'no-such-job');
    bench.refused(await service.get(`/v1/jobs?before=${ofA.id}`, options), 404, 'no-such-job');
    bench.equal((await service.get('/v1/jobs', options)).json.jobs, [], 'no job of another');
  }
  const ofB = await service.run({ ...source('console.log("b")'), idempotencyKey: 'k' }, b);
  bench.equal([ofB.result.stdout, ofB.id === ofA.id], ['b\n', false], 'keys are apart');
  const running = await service.submit(source('await new Promise((r) => setTimeout(r, 700))'), a);
  bench.refused(await service.get(`/v1/jobs/${running}/events`, b), 404, 'no-such-job', 'one that runs');
  bench.refused(await service.request('DELETE', `/v1/jobs/${running}`, b), 404, 'no-such-job', 'one that runs');
  bench.equal((await service.wait(running, a)).state, 'done', 'it was not cancelled');

  // Counts of all are for operators.
  bench.refused(await service.get('/metrics', a), 403, 'not-operator');
  bench.equal((await service.get('/metrics', { token: 'ops' })).status, 200, 'operator');
  bench.equal((await service.get('/metrics')).status, 200, 'who runs the service');

  // Rate: two at once, then two a second.
  const answers = [];
  for (let i = 0; i < 4; i++) answers.push(await service.post('/v1/jobs?wait=5s', source(''), slow));
  bench.equal(answers.map((answer) => answer.status), [200, 200, 429, 429], 'rate');
  bench.refused(answers[2], 429, 'rate');
  bench.equal(answers[2].headers['retry-after'], '1', 'retry after');
  await sleep(1100);
  bench.equal((await service.post('/v1/jobs?wait=5s', source(''), slow)).status, 200, 'later');

  // At once: one, whatever else there would be room for; and so many may wait.
  await sleep(1100);
  const long = source('await new Promise((r) => setTimeout(r, 4000))');
  const jobs = [];
  for (let i = 0; i < 4; i++) {
    jobs.push(await service.submit(long, slow));
    await sleep(600);
  }
  const states = (await Promise.all(jobs.map((id) => service.get(`/v1/jobs/${id}`, slow)))).map((answer) => answer.json.state);
  bench.equal(states, ['running', 'queued', 'queued', 'queued'], 'running at once');
  const full = await service.post('/v1/jobs', long, slow);
  bench.refused(full, 429, 'queue-full');
  bench.check(Number(full.headers['retry-after']) >= 1, 'retry after');
  bench.equal((await service.run(source('console.log(1)'), a)).result.stdout, '1\n', 'others are not held up');
  for (const id of jobs.slice(1)) await service.request('DELETE', `/v1/jobs/${id}`, slow);
  const overdue = await service.run({ ...source(''), deadline: '300ms' }, slow);
  bench.equal([overdue.state, overdue.attempts, overdue.reason, overdue.result], ['cancelled', 0, 'its deadline has passed', undefined], 'a deadline that passes in the queue');
  await service.request('DELETE', `/v1/jobs/${jobs[0]}`, slow);
  bench.equal((await service.get('/v1/jobs?state=queued', slow)).json.jobs, [], 'cancelled in the queue');

  // By weight: with both always waiting, a has three times the time of b.
  const busy = { ...source('const end = performance.now() + 60; while (performance.now() < end);') };
  const [manyA, manyB] = await Promise.all([a, b].map((options) => Promise.all(Array.from({ length: 60 }, () => service.submit(busy, options)))));
  let done;
  for (;;) {
    await sleep(50);
    const count = async (ids, options) => (await service.get('/v1/jobs?state=done&limit=1000', options)).json.jobs.filter((job) => ids.includes(job.id)).length;
    done = await Promise.all([count(manyA, a), count(manyB, b)]);
    if (done[0] + done[1] >= 48) break;
  }
  bench.check(done[0] / done[1] > 2 && done[0] / done[1] < 4.5, `shares of weights 3 and 1: ${done}`);
  for (const [ids, options] of [[manyA, a], [manyB, b]])
    await Promise.all(ids.map((id) => service.request('DELETE', `/v1/jobs/${id}`, options)));

  // Priorities within a tenant, one job at a time.
  const one = { token: 'one' };
  const blocker = await service.submit(source('await new Promise((r) => setTimeout(r, 600))'), one);
  const order = [];
  for (const priority of [0, -5, 10, 0, 10]) order.push(await service.submit({ ...source(''), priority }, one));
  await Promise.all([blocker, ...order].map((id) => service.wait(id, one)));
  const finished = await Promise.all(order.map(async (id) => (await service.get(`/v1/jobs/${id}`, one)).json.finished));
  const sorted = [2, 4, 0, 3, 1].map((i) => finished[i]);
  bench.equal(sorted, [...sorted].sort(), 'the highest priority first, then the oldest');
  await bench.stop(service);

  // By uid, as the kernel says of the other end of the Unix socket: our own may be a tenant's.
  const own = process.getuid(), isRoot = own === 0;
  fs.chmodSync(bench.scratch, 0o711);
  const byUid = await bench.start({ config: `[[tenant]]\nname = "mine"\nuids = [${own}]\n${isRoot ? '[[tenant]]\nname = "theirs"\nuids = [65534]\n' : ''}` });
  bench.equal(fs.statSync(byUid.socketPath).mode & 0o777, isRoot ? 0o666 : 0o600, 'mode of the socket');
  const mine = await byUid.run(source('console.log("mine")'));
  bench.refused(await byUid.get('/metrics'), 403, 'not-operator', 'a tenant by its uid');
  if (isRoot) {
    const as = (uid, ...args) => spawnSync('curl', ['-sS', '-w', '\n%{http_code}', '--unix-socket', byUid.socketPath, ...args], { uid, gid: uid, encoding: 'utf8' }).stdout.split('\n');
    const [theirs] = as(65534, 'http://x/v1/jobs?wait=10s', '-d', '{"source":"console.log(\\"theirs\\")"}');
    bench.equal(JSON.parse(theirs).result.stdout, 'theirs\n', 'another uid');
    bench.equal(as(65534, `http://x/v1/jobs/${mine.id}`).at(-1), '404', 'of another uid');
    bench.equal(as(65533, 'http://x/v1/jobs').at(-1), '401', 'a uid that is nobody\'s');
  }
  await bench.stop(byUid);

  // Reading the configuration again: tokens and policies change, jobs go on.
  const again = await bench.start({ config: tenant('a') });
  const kept = await again.submit(source('await new Promise((r) => setTimeout(r, 1500)); console.log("kept")'), a);
  const text = fs.readFileSync(bench.at('serve.toml'), 'utf8');
  bench.write('serve.toml', text.replace(sha256('a'), sha256('new')) + tenant('c'));
  again.child.kill('SIGHUP');
  for (let i = 0; i < 100 && (await again.get('/v1/jobs', { token: 'c' })).status !== 200; i++) await sleep(20);
  bench.refused(await again.get('/v1/jobs', a), 401, 'unauthorized', 'the old token');
  bench.equal((await again.wait(kept, { token: 'new' })).result.stdout, 'kept\n', 'a job goes on');
  bench.write('serve.toml', 'version = 2\n');
  again.child.kill('SIGHUP');
  for (let i = 0; i < 100 && !again.stderr.includes('serve.toml:1:'); i++) await sleep(20);
  bench.check(/"event":"reload","message":".*serve\.toml:1:/.test(again.stderr), 'a fault of the new configuration is told');
  bench.equal((await again.get('/v1/jobs', { token: 'c' })).status, 200, 'and what was holds');
  await bench.stop(again);
}
