// Clients that send too much, too little, too slowly or go away: others are served all the while, and nothing is left.
import * as fs from 'node:fs';
import * as net from 'node:net';
import { sha256, sleep, source } from './bench.mjs';

export default async function (bench) {
  const service = await bench.start({ config: `[pool]\nready = 0\n[[tenant]]\nname = "other"\ntoken_sha256 = "${sha256('other')}"\n`, wrapper: ['prlimit', '--nofile=4096:4096'] });
  const descriptors = () => fs.readdirSync(`/proc/${service.child.pid}/fd`).length;
  const resident = () => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${service.child.pid}/status`, 'utf8'))[1]) >> 10;
  // A Unix socket whose backlog is full refuses at once (EAGAIN): tried again, as a client would.
  const connect = (text = '', tries = 200) => new Promise((resolve) => {
    let connected = false;
    const socket = net.connect(service.socketPath, () => {
      connected = true;
      if (text) socket.write(text);
      resolve(socket);
    });
    socket.answer = '';
    socket.on('data', (data) => { socket.answer += data; });
    socket.on('error', () => {
      if (!connected && tries > 0) setTimeout(() => resolve(connect(text, tries - 1)), 20);
      else resolve(socket);
    });
    socket.closed_ = new Promise((done) => socket.on('close', done));
  });
  const works = async (what) => bench.equal((await service.post('/v1/jobs?wait=30s', source('console.log(1)'), { keep: false })).json?.result?.stdout, '1\n', what);
  await works('at first');
  await Promise.all(Array.from({ length: 16 }, () => service.run(source(''))));
  const least = descriptors();

  // Ten thousand that say nothing, more than there are descriptors for.
  const idle = [];
  for (let i = 0; i < 10_000; i += 200) {
    idle.push(...await Promise.all(Array.from({ length: 200 }, () => connect())));
    if (i % 2000 === 0) await works(`beside ${i} idle connections`);
  }
  await works('beside 10,000 idle connections');
  bench.check(descriptors() < 4096 && resident() < 400, `${descriptors()} descriptors, ${resident()} MiB`);
  for (const socket of idle) socket.destroy();
  for (let i = 0; i < 200 && descriptors() > least + 5; i++) await sleep(50);
  bench.check(descriptors() <= least + 5, `${descriptors()} descriptors of ${least} are left`);

  // Headers without end.
  const flood = await connect('GET /v1/jobs HTTP/1.1\r\nHost: x\r\n');
  const line = `X-A: ${'a'.repeat(1000)}\r\n`;
  let sent = 0;
  while (!flood.destroyed && sent < 64 << 20) {
    if (!flood.write(line.repeat(64))) await Promise.race([new Promise((resolve) => flood.once('drain', resolve)), flood.closed_]);
    sent += line.length * 64;
  }
  bench.check(sent < 64 << 20, 'headers without end are taken');
  // One that stops there is told why.
  const large = await connect(`GET /v1/jobs HTTP/1.1\r\nHost: x\r\n${line.repeat(140)}\r\n`);
  await Promise.race([large.closed_, sleep(5000)]);
  bench.check(/^HTTP\/1\.1 431/.test(large.answer) && large.answer.includes('"headers-too-large"'), `large headers: ${large.answer.slice(0, 200)}`);
  bench.check(!service.stderr.includes('internal-error'), service.stderr);
  await works('after headers without end');

  // Bodies that stop: the request ends with its connection, nothing is submitted.
  const before = (await service.get('/v1/jobs?limit=1000')).json.jobs.length;
  const halves = await Promise.all(Array.from({ length: 50 }, () => connect('POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{"source":"')));
  await works('beside bodies that do not come');
  for (const socket of halves) socket.destroy();
  // Bodies of 8 MiB that do not come are not given memory without bound.
  const claims = await Promise.all(Array.from({ length: 100 }, () => connect(`POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: ${8 << 20}\r\n\r\n{`)));
  await sleep(300);
  bench.check(claims.some((socket) => /^HTTP\/1\.1 503/.test(socket.answer) && socket.answer.includes('"overloaded"')), 'a hundred bodies of 8 MiB at once');
  bench.check(resident() < 400, `${resident()} MiB`);
  for (const socket of claims) socket.destroy();
  await sleep(200);
  await works('after bodies that did not come');
  bench.equal((await service.get('/v1/jobs?limit=1000')).json.jobs.length, before + 2, 'no job of half a body');

  // Many requests at once on one connection; a client that goes away while it waits.
  const piped = await connect('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(500));
  for (let i = 0; i < 100 && piped.answer.split('HTTP/1.1 200').length < 501; i++) await sleep(20);
  bench.equal(piped.answer.split('HTTP/1.1 200').length, 501, 'pipelined');
  piped.destroy();
  const body = JSON.stringify(source('await new Promise((r) => setTimeout(r, 1000)); console.log("alone")'));
  const waiting = await connect(`POST /v1/jobs?wait=30s HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  await sleep(300);
  waiting.destroy();
  let alone;
  for (let i = 0; i < 100 && alone?.state !== 'done'; i++) {
    await sleep(50);
    [alone] = (await service.get('/v1/jobs?limit=1')).json.jobs;
  }
  bench.equal((await service.get(`/v1/jobs/${alone.id}`)).json.result.stdout, 'alone\n', 'acknowledged or not, it was stored');

  // Clients that go away in the middle of a submission take no place with them.
  for (let i = 0; i < 300; i++) {
    const gone = await connect(`POST /v1/jobs?wait=30s HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\n\r\n{"source":""}`);
    if (i % 3 > 0) await sleep(i % 3);
    gone.destroy();
  }
  const running = async () => Number(/^secure_runtime_jobs_running (.*)$/m.exec((await service.get('/metrics')).text)[1]);
  for (let i = 0; i < 600 && (await running()) > 0; i++) await sleep(50);
  bench.equal(await running(), 0, 'running after 300 clients have gone');
  for (const state of ['queued', 'running']) bench.equal((await service.get(`/v1/jobs?state=${state}`)).json.jobs.length, 0, `${state} after 300 clients have gone`);
  await Promise.all(Array.from({ length: 16 }, () => service.run(source(''))));

  // Streams of one tenant, as many as it can have: there is room for others.
  const endless = await service.submit({ ...source('await new Promise((r) => setTimeout(r, 50000))'), limits: { wall: '60s' } });
  const streams = [];
  for (let i = 0; i < 1600; i += 100)
    streams.push(...await Promise.all(Array.from({ length: 100 }, () => connect(`GET /v1/jobs/${endless}/events HTTP/1.1\r\nHost: x\r\n\r\n`))));
  for (let i = 0; i < 200 && streams.some((socket) => socket.answer === ''); i++) await sleep(50);
  const refusedStreams = streams.filter((socket) => /^HTTP\/1\.1 429/.test(socket.answer) && socket.answer.includes('"too-many-requests"')).length;
  const open = streams.filter((socket) => /^HTTP\/1\.1 200/.test(socket.answer)).length;
  const other = streams.filter((socket) => !/^HTTP\/1\.1 (200|429)/.test(socket.answer)).map((socket) => `${socket.destroyed} ${socket.answer.slice(0, 40)}`);
  bench.check(refusedStreams > 100 && open > 100 && other.length === 0, `${open} streams, ${refusedStreams} refused, ${other.length} other: ${[...new Set(other)].slice(0, 5)}`);
  bench.equal((await service.run(source('console.log(2)'), { token: 'other', keep: false })).result.stdout, '2\n', 'another tenant beside them');
  bench.refused(await service.get('/v1/jobs', { keep: false }), 429, 'too-many-requests');
  for (const socket of streams) socket.destroy();
  for (let i = 0; i < 200 && (await service.get('/v1/jobs', { keep: false })).status !== 200; i++) await sleep(50);
  await service.request('DELETE', `/v1/jobs/${endless}`);

  for (let i = 0; i < 200 && descriptors() > least + 5; i++) await sleep(50);
  bench.check(descriptors() <= least + 5, `${descriptors()} descriptors of ${least} are left`);
  await bench.stop(service);

  // Too few descriptors for the jobs that may run at once.
  const poor = await bench.start({ wrapper: ['prlimit', '--nofile=128:128'] });
  bench.check(poor.end?.status === 2 && poor.stderr.includes('raise the limit'), poor.stderr);
}
