// What Prometheus reads, and what the description of the API says.
import { source } from './bench.mjs';

export default async function (bench) {
  const service = await bench.start();
  for (const text of ['1', 'throw 1', '2', 'for(;;);']) await service.run({ ...source(text), limits: { wall: '300ms' } });
  await service.post('/v1/jobs', '{');
  const { text, headers } = await service.get('/metrics');
  bench.check(headers['content-type'].startsWith('text/plain; version=0.0.4'), headers['content-type']);
  const values = new Map();
  const described = new Set();
  for (const line of text.trimEnd().split('\n')) {
    const help = /^# (?:HELP|TYPE) ([a-z_]+) .+$/.exec(line);
    if (help) { described.add(help[1]); continue; }
    const sample = /^([a-z_]+)(\{[a-z_]+="[^"]*"(?:,[a-z_]+="[^"]*")*\})? ([0-9.e+-]+)$/.exec(line);
    if (!sample) { bench.check(false, `no line of the format: ${line}`); continue; }
    values.set(sample[1] + (sample[2] ?? ''), Number(sample[3]));
    bench.check(described.has(sample[1].replace(/_(bucket|sum|count)$/, '')) || described.has(sample[1]), `${sample[1]} is not described`);
  }
  const equal = (name, value) => bench.equal(values.get(name), value, name);
  equal('secure_runtime_jobs_total{verdict="ok"}', 2);
  equal('secure_runtime_jobs_total{verdict="exception"}', 1);
  equal('secure_runtime_jobs_total{verdict="wall-limit"}', 1);
  equal('secure_runtime_refused_requests_total{code="bad-json"}', 1);
  equal('secure_runtime_jobs_queued', 0);
  equal('secure_runtime_jobs_running', 0);
  for (const histogram of ['wait', 'start', 'run']) {
    equal(`secure_runtime_job_${histogram}_seconds_count`, 4);
    equal(`secure_runtime_job_${histogram}_seconds_bucket{le="+Inf"}`, 4);
  }
  bench.check(values.get('secure_runtime_job_run_seconds_sum') > 0.3, 'time that jobs ran');
  bench.check(values.get('secure_runtime_resident_bytes') > 1 << 20, 'memory');

  // The document says what the service does: each path and method, and no other.
  const api = (await service.get('/openapi.json')).json;
  bench.equal(api.openapi, '3.1.0', 'version');
  const refs = JSON.stringify(api).matchAll(/"\$ref":"#\/([^"]+)"/g);
  for (const [, ref] of refs) bench.check(ref.split('/').reduce((at, key) => at?.[key], api) !== undefined, `${ref} leads nowhere`);
  const example = { id: '0'.repeat(32), sha256: '0'.repeat(64) };
  for (const [path, methods] of Object.entries(api.paths)) {
    const url = path.replace(/\{(\w+)\}/g, (_, name) => example[name]);
    for (const method of ['get', 'put', 'post', 'delete', 'patch']) {
      const answer = await service.request(method.toUpperCase(), url);
      const documented = methods[method];
      bench.check((answer.status === 405) === !documented, `${method} ${path}: ${answer.status}`);
      if (documented) {
        const response = documented.responses[answer.status];
        bench.check(response !== undefined, `${method} ${path}: ${answer.status} is not documented`);
        if (answer.json?.error) bench.equal(Object.keys(answer.json.error), ['code', 'message', 'where'], path);
      }
    }
  }
  // The fields that the document names are those that there are.
  const names = (schema) => Object.keys(api.components.schemas[schema].properties).sort();
  const job = await service.run(source('console.log(1)'));
  bench.check(Object.keys(job).every((name) => names('Job').includes(name)), Object.keys(job));
  bench.check(Object.keys(job.result).every((name) => names('Result').includes(name)), Object.keys(job.result));
  const unknown = await service.post('/v1/jobs', { ...source(''), nothing: 1 });
  bench.refused(unknown, 400, 'bad-request');
  const samples = { source: '', files: {}, entry: 'x', policy: 'version = 1', policyName: 'x', args: [], stdin: '', limits: {}, idempotencyKey: 'k', priority: 0, deadline: '1s' };
  bench.equal(names('Submission'), Object.keys(samples).sort(), 'fields of a submission');
  for (const name of names('Submission')) {
    const answer = await service.post('/v1/jobs', { [name]: samples[name] });
    bench.check(!answer.text.includes('no field is called'), `${name} is not known`);
  }
  for (const name of names('Limits')) {
    const answer = await service.post('/v1/jobs', { ...source(''), limits: { [name]: ['handles', 'entries'].includes(name) ? 1 : name === 'memory' || !['wall', 'cpu'].includes(name) ? '64MiB' : '1s' } });
    bench.equal(answer.status, 202, `limits.${name}`);
  }
  await bench.stop(service);
}
