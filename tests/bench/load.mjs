// node load.mjs [OPTION...]: see scripts/load. Open loop: requests are due at fixed times, and each is timed from when it
// was due, not from when it could be sent (no coordinated omission; Tene, "How NOT to measure latency").
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export function quantile(sorted, q) {
  return sorted.length === 0 ? NaN : sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)];
}

// {due, outcomes: {word: count}, latencies in ms, sorted, of those that ended well, lateMs: how late at most a request
// was sent for the driver's own fault}
export async function load({ service, rate, seconds, token, body }) {
  const unix = service.startsWith('unix:');
  const url = unix ? undefined : new URL(service);
  const to = unix ? { socketPath: service.slice(5) } : { host: url.hostname, port: url.port };
  const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
  const headers = { 'content-length': Buffer.byteLength(body), ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const outcomes = {};
  const latencies = [];
  const count = (word) => { outcomes[word] = (outcomes[word] ?? 0) + 1; };
  const send = (due) => new Promise((resolve) => {
    const end = (word) => {
      count(word);
      if (word === 'ok') latencies.push(performance.now() - due);
      resolve();
    };
    const request = http.request({ ...to, agent, method: 'POST', path: '/v1/jobs?wait=60s', headers }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', (error) => end(error.code ?? 'error'));
      response.on('end', () => {
        if (response.statusCode !== 200) return end(String(response.statusCode));
        try { end(JSON.parse(Buffer.concat(parts)).result?.verdict ?? 'cancelled'); } catch { end('no JSON'); }
      });
    });
    request.on('error', (error) => end(error.code ?? 'error'));
    request.end(body);
  });
  const total = Math.round(rate * seconds);
  const begin = performance.now();
  const pending = [];
  let lateMs = 0;
  for (let i = 0; i < total;) {
    const now = performance.now() - begin;
    for (; i < total && (i * 1000) / rate <= now; i++) {
      lateMs = Math.max(lateMs, now - (i * 1000) / rate);
      pending.push(send(begin + (i * 1000) / rate));
    }
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, (i * 1000) / rate - (performance.now() - begin))));
  }
  await Promise.all(pending);
  agent.destroy();
  return { due: total, tookMs: performance.now() - begin, outcomes, latencies: latencies.sort((a, b) => a - b), lateMs };
}

function ownService() {
  const runtime = process.env.XDG_RUNTIME_DIR;
  return `unix:${runtime ? path.join(runtime, 'secure-runtime') : `/tmp/secure-runtime-${process.geteuid()}`}/http.sock`;
}

async function main() {
  const { values } = parseArgs({
    options: {
      service: { type: 'string', default: ownService() }, rate: { type: 'string', default: '50' },
      seconds: { type: 'string', default: '10' }, token: { type: 'string' }, source: { type: 'string' },
      entry: { type: 'string' }, json: { type: 'boolean', default: false },
    },
  });
  const [rate, seconds] = [Number(values.rate), Number(values.seconds)];
  if (!(rate > 0) || !(seconds > 0)) throw new Error('--rate and --seconds are numbers above 0');
  const source = values.entry ? fs.readFileSync(values.entry, 'utf8') : values.source ?? '';
  const result = await load({ ...values, rate, seconds, body: JSON.stringify({ source }) });
  const [p50, p90, p99, p999] = [0.5, 0.9, 0.99, 0.999].map((q) => quantile(result.latencies, q));
  const max = result.latencies.at(-1) ?? NaN;
  if (values.json) {
    console.log(JSON.stringify({ rate, due: result.due, outcomes: result.outcomes, ms: { p50, p90, p99, p999, max }, driverLateMs: result.lateMs }));
  } else {
    const shown = (ms) => `${ms.toFixed(1)} ms`;
    console.log(`${result.due} jobs at ${rate}/s: ${Object.entries(result.outcomes).map(([word, n]) => `${n} ${word}`).join(', ')}`);
    console.log(`from when each was due: p50 ${shown(p50)}, p90 ${shown(p90)}, p99 ${shown(p99)}, p99.9 ${shown(p999)}, most ${shown(max)}`);
    console.log(`ended ${(Object.values(result.outcomes).reduce((a, b) => a + b, 0) / result.tookMs * 1000).toFixed(1)} a second; the driver itself was ${shown(result.lateMs)} late at most`);
  }
  process.exitCode = Object.keys(result.outcomes).every((word) => word === 'ok') ? 0 : 1;
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main().catch((error) => {
    console.error(`load: ${error.message}`);
    process.exit(2);
  });
}
