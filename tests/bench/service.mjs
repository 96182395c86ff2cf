// node service.mjs BUILD FIGURE [--long]: one figure of the service, as one JSON object. Called by report.mjs.
import { spawn } from 'node:child_process';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Bench, sha256, sleep } from '../integration/serve/bench.mjs';
import { Connection } from './connection.mjs';
import { load, quantile } from './load.mjs';

const [build, figure] = process.argv.slice(2);
const long = process.argv.includes('--long');
const here = path.dirname(fileURLToPath(import.meta.url));
const binary = path.join(path.resolve(build), 'secure-runtime');
const bench = new Bench(binary);
const median = (samples) => quantile(samples.sort((a, b) => a - b), 0.5);
const trivial = { source: '' };

// Of the service alone, in KiB.
async function residentKib(service) {
  const { text } = await service.get('/metrics');
  return Number(/^secure_runtime_resident_bytes (.*)$/m.exec(text)[1]) / 1024;
}
async function runTrivial(connection) {
  const { status, json } = await connection.post('/v1/jobs?wait=60s', trivial);
  if (status !== 200 || json.result.verdict !== 'ok') throw new Error(`a job ended with ${status}: ${JSON.stringify(json)}`);
}
async function timed(service, count, pauseMs) {
  const connection = await Connection.open(service.socketPath);
  const samples = [];
  for (let i = 0; i < count; i++) {
    const begin = performance.now();
    await runTrivial(connection);
    samples.push((performance.now() - begin) * 1000);
    if (pauseMs > 0) await sleep(pauseMs);
  }
  connection.close();
  return median(samples);
}
// `count` jobs, `atOnce` at a time, per second.
async function throughput(service, count, atOnce) {
  let left = count;
  const begin = performance.now();
  await Promise.all(Array.from({ length: atOnce }, async () => {
    const connection = await Connection.open(service.socketPath);
    while (left-- > 0) await runTrivial(connection);
    connection.close();
  }));
  return count / ((performance.now() - begin) / 1000);
}

const figures = {
  // A trivial job, one client: each time after the other, and with time to make a worker ready between them.
  async latency() {
    const cold = await bench.start({ config: '[pool]\nready = 0\n' });
    await timed(cold, 30, 0);
    const coldUs = await timed(cold, long ? 1000 : 150, 0);
    await bench.stop(cold);
    const ready = await bench.start({ config: '[pool]\nready = 4\n' });
    await timed(ready, 30, 20);
    const readyUs = await timed(ready, long ? 1000 : 150, 40);
    await bench.stop(ready);
    return { coldUs, readyUs };
  },

  // The same driver starts as many processes of deno.
  async throughput() {
    const service = await bench.start({ config: '[pool]\nready = 4\nrunning = 4\n' });
    await throughput(service, 100, 4);
    const perSecond = await throughput(service, long ? 5000 : 600, 4);
    await bench.stop(service);
    const deno = process.argv[5] ?? path.join(here, 'deno/node_modules/@deno/linux-x64-glibc/deno');
    const count = long ? 200 : 40;
    const program = bench.write('empty.js', '');
    const run = () => new Promise((resolve, reject) => {
      const child = spawn(deno, ['run', '--no-prompt', program], { stdio: 'ignore', env: { ...process.env, DENO_DIR: bench.at('deno'), DENO_NO_UPDATE_CHECK: '1' } });
      child.on('error', reject);
      child.on('close', (status) => (status === 0 ? resolve() : reject(new Error(`deno ended with ${status}`))));
    });
    await run();
    let left = count;
    const begin = performance.now();
    await Promise.all([1, 2, 3, 4].map(async () => { while (left-- > 0) await run(); }));
    return { perSecond, denoPerSecond: count / ((performance.now() - begin) / 1000) };
  },

  // A thousand jobs of four tenants that are all queued before the first is begun, half of them hostile.
  async mixed() {
    const weights = { a: 4, b: 3, c: 2, d: 1 };
    const tenants = Object.entries(weights).map(([name, weight]) => `[[tenant]]\nname = "${name}"\ntoken_sha256 = "${sha256(name)}"\nweight = ${weight}\n`).join('');
    const service = await bench.start({ config: `[pool]\nrunning = 2\n${tenants}` });
    const kinds = [
      { body: { source: 'console.log("fine")' }, verdict: 'ok' },
      { body: { source: 'for (;;);', limits: { wall: '60ms' } }, verdict: 'wall-limit' },
      { body: { source: 'let t = 0; for (let i = 0; i < 2e6; i++) t += i; console.log(t)' }, verdict: 'ok' },
      { body: { source: 'for (;;) console.log("x".repeat(10000))', limits: { output: '64KiB' } }, verdict: 'output-limit' },
      { body: { source: 'console.log(JSON.stringify([1, 2, 3]))' }, verdict: 'ok' },
      { body: { source: 'const a = []; for (;;) a.push(new Uint8Array(4e6).fill(1))', limits: { memory: '24MiB' } }, verdict: 'memory-limit' },
      { body: { source: 'console.log(typeof require)' }, verdict: 'ok' },
      { body: { source: 'function f() { f(); } for (;;) { try { f(); } catch {} }', limits: { cpu: '60ms' } }, verdict: 'cpu-limit' },
    ];
    const blockers = await Promise.all([1, 2].map(() => service.submit({ source: 'await new Promise((r) => setTimeout(r, 20000))' })));
    const jobs = [];
    const per = 250;
    for (let i = 0; i < per; i++) {
      for (const token of Object.keys(weights)) {
        const kind = kinds[i % kinds.length];
        jobs.push({ token, kind, id: await service.submit(kind.body, { token }) });
      }
    }
    for (const id of blockers) await service.request('DELETE', `/v1/jobs/${id}`);
    // Shares while all still wait: until the first tenant has nothing left.
    const shareOf = { a: 0, b: 0, c: 0, d: 0 };
    const doneOf = async (token) => (await service.get('/v1/jobs?state=done&limit=1000', { token })).json.jobs.length;
    for (;;) {
      await sleep(100);
      for (const token of Object.keys(weights)) shareOf[token] = await doneOf(token);
      if (Math.max(...Object.values(shareOf)) >= per * 0.8) break;
    }
    const done = Object.values(shareOf).reduce((a, b) => a + b, 0);
    const offBy = Math.max(...Object.entries(weights).map(([token, weight]) => Math.abs(shareOf[token] / done / (weight / 10) - 1)));
    let wrong = 0;
    for (const job of jobs) if ((await service.wait(job.id, { token: job.token })).result?.verdict !== job.kind.verdict) wrong++;
    await bench.stop(service);
    return { jobs: jobs.length, wrong, offBy, shares: shareOf };
  },

  // Killed again and again under load; what was acknowledged is there afterwards, once.
  async kills() {
    const kills = long ? 100 : 20;
    const acknowledged = new Map();
    const told = new Map();
    let service;
    let up = false, submitting = true, sequence = 0;
    const clients = Array.from({ length: 4 }, async () => {
      while (submitting) {
        if (!up) { await sleep(5); continue; }
        const n = sequence++;
        try {
          const answer = await service.post(`/v1/jobs${n % 2 ? '?wait=5s' : ''}`, { source: `console.log(${n})`, idempotencyKey: `k${n}` }, { keep: false });
          if (answer.status === 200 || answer.status === 202) acknowledged.set(answer.json.id, n);
          if (answer.json?.state === 'done') told.set(answer.json.id, answer.text);
        } catch { /* killed meanwhile */ }
      }
    });
    for (let i = 0; i < kills; i++) {
      service = await bench.start({ config: '[pool]\nrunning = 4\n' });
      up = true;
      await sleep(60 + (i * 37) % 190);
      up = false;
      await service.kill();
    }
    submitting = false;
    await Promise.all(clients);
    service = await bench.start({ config: '[pool]\nrunning = 4\n' });
    let lost = 0, doubled = 0, again = 0;
    for (const [id, n] of acknowledged) {
      const job = await service.wait(id);
      if (job.result?.stdout !== `${n}\n`) lost++;
      if (job.attempts > 1) again++;
      if (told.has(id) && (await service.get(`/v1/jobs/${id}`)).text !== told.get(id)) doubled++;
    }
    const ids = [];
    for (let next = '/v1/jobs?limit=1000'; next;) {
      const page = (await service.get(next)).json;
      ids.push(...page.jobs.map((job) => job.id));
      next = page.next;
    }
    if (new Set(ids).size !== ids.length) doubled++;
    await bench.stop(service);
    return { kills, acknowledged: acknowledged.size, again, lost, doubled };
  },

  async memory() {
    const [first, last] = long ? [1000, 20_000] : [300, 1500];
    const service = await bench.start({ config: '[pool]\nrunning = 4\n' });
    await throughput(service, first, 4);
    const firstKib = await residentKib(service);
    await throughput(service, last - first, 4);
    const lastKib = await residentKib(service);
    await bench.stop(service);
    return { first, last, firstKib, lastKib };
  },

  // Open loop, at half of what it can do.
  async openLoop() {
    const service = await bench.start({ config: '[pool]\nready = 4\nrunning = 4\n' });
    const most = await throughput(service, 200, 4);
    const rate = Math.max(1, Math.floor(most / 2));
    const { outcomes, latencies } = await load({ service: `unix:${service.socketPath}`, rate, seconds: long ? 60 : 10, body: '{"source":""}' });
    await bench.stop(service);
    return { rate, outcomes, p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99) };
  },
};

try {
  const result = await figures[figure]();
  if (bench.faults.length > 0) throw new Error(bench.faults.join('; '));
  console.log(JSON.stringify(result));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await bench.end();
}
