// What is sent in a body: every field, and everything that is wrong with one.
import * as net from 'node:net';
import { source } from './bench.mjs';

export default async function (bench) {
  const service = await bench.start();
  const refused = async (body, code, part, status = 400) => {
    const answer = await service.post('/v1/jobs', body);
    bench.refused(answer, status, code, JSON.stringify(body).slice(0, 100));
    if (part) bench.check(`${answer.json?.error?.where} ${answer.json?.error?.message}`.includes(part), `${answer.text} lacks ${part}`);
  };

  // JSON.
  await refused('', 'bad-json', 'empty');
  await refused('{', 'bad-json', 'body:1:2');
  await refused('{"source":"",\n  "stdin":}', 'bad-json', 'body:2:11');
  await refused('{"source":"1","source":"2"}', 'bad-json', 'twice');
  await refused('{"source":"1","limits":{"wall":"1s","wall":"2s"}}', 'bad-json', 'twice');
  await refused('{"source":"\\ud800"}', 'bad-json');
  await refused(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'bad-json', 'body:1:3');
  await refused('['.repeat(100_000), 'bad-json', 'deep');
  await refused(`{"source":"","args":${'['.repeat(50)}${']'.repeat(50)}}`, 'bad-json', 'deep');
  await refused('{"priority":1e999}', 'bad-json', 'out of range');
  await refused('{"source":""} x', 'bad-json');
  await refused('[]', 'bad-request', 'object');
  await refused('null', 'bad-request', 'object');
  await refused('{}', 'bad-request', 'no program');

  // Fields.
  const faults = [
    [{ source: '', polciy: '' }, 'polciy'],
    [{ source: 1 }, 'source'],
    [{ source: '', files: {} }, 'source'],
    [{ source: '', entry: 'main.mjs' }, 'entry'],
    [{ files: { 'a.mjs': '' } }, 'entry'],
    [{ files: { 'a.mjs': '' }, entry: 'b.mjs' }, 'entry'],
    [{ files: [], entry: 'b.mjs' }, 'files'],
    [{ files: { 'a.mjs': { base64: '====' } }, entry: 'a.mjs' }, 'base64'],
    [{ files: { 'a.mjs': { base64: 'YQ' } }, entry: 'a.mjs' }, 'base64'],
    [{ files: { 'a.mjs': { base64: 'YQ==', hex: '' } }, entry: 'a.mjs' }, 'base64'],
    [{ files: { 'a.mjs': 1 }, entry: 'a.mjs' }, 'files'],
    [{ files: { a: '', 'a/b.mjs': '' }, entry: 'a/b.mjs' }, 'file and a folder'],
    [{ ...source(''), args: 'x' }, 'args'],
    [{ ...source(''), args: [1] }, 'args[0]'],
    [{ ...source(''), args: ['x'.repeat(300_000)] }, 'args'],
    [{ ...source(''), stdin: 1 }, 'stdin'],
    [{ ...source(''), limits: { wall: 1 } }, 'limits.wall'],
    [{ ...source(''), limits: { wall: '1.5s' } }, 'limits.wall'],
    [{ ...source(''), limits: { memory: '1MiB' } }, '16MiB'],
    [{ ...source(''), limits: { handles: 0 } }, 'limits.handles'],
    [{ ...source(''), limits: { handles: 1.5 } }, 'limits.handles'],
    [{ ...source(''), limits: { wal: '1s' } }, 'wal'],
    [{ ...source(''), idempotencyKey: '' }, 'idempotencyKey'],
    [{ ...source(''), idempotencyKey: 'x'.repeat(257) }, 'idempotencyKey'],
    [{ ...source(''), priority: 1001 }, 'priority'],
    [{ ...source(''), priority: '1' }, 'priority'],
    [{ ...source(''), deadline: '-1s' }, 'deadline'],
    [{ ...source(''), deadline: 5 }, 'deadline'],
    [{ ...source(''), policy: '', policyName: 'x' }, 'policyName'],
    [{ ...source(''), policyName: '' }, 'policyName'],
    [{ ...source(''), policy: 'x'.repeat(256 * 1024 + 1) }, 'policy'],
  ];
  for (const [body, part] of faults) await refused(body, 'bad-request', part);
  for (const file of ['', '/a.mjs', '../a.mjs', 'a/../b.mjs', './a.mjs', 'a//b.mjs', 'a/', 'a\u0000.mjs', 'a\n.mjs', 'a\\b.mjs', '..', '.', `${'x'.repeat(256)}.mjs`, `${'x/'.repeat(600)}a.mjs`])
    await refused({ files: { [file]: '' }, entry: file }, 'bad-request', 'path');
  await refused({ files: Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`${i}.mjs`, ''])), entry: '0.mjs' }, 'bad-request', 'files');
  // What is at the bounds is taken.
  const most = await service.run({ files: Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`d/${i}.mjs`, 'console.log(1)'])), entry: 'd/999.mjs' });
  bench.equal(most.result.stdout, '1\n', 'a thousand files');
  const odd = await service.run({ files: { 'ä b/.x/%41#?.mjs': 'console.log(import.meta.url)' }, entry: 'ä b/.x/%41#?.mjs' });
  bench.equal(odd.result.stdout, 'file:///%C3%A4%20b/.x/%2541%23%3F.mjs\n', 'odd names');
  // What a program finds there has nothing of the host's.
  const stack = (await service.run(source('console.log(new Error("x").stack)'))).result.stdout;
  bench.check(!stack.includes(bench.scratch) && stack.includes('file:///main.mjs:1'), stack);

  // Size: a body of 8 MiB is taken, one byte more is not, whether its length is told or not.
  const large = (bytes) => `{"source":"console.log(1)","stdin":"${'x'.repeat(bytes - 38)}"}`;
  const limit = 8 << 20;
  bench.equal(large(limit).length, limit, 'the size');
  const taken = await service.post('/v1/jobs?wait=60s', large(limit));
  bench.equal([taken.status, taken.json?.result?.stdout], [200, '1\n'], '8 MiB');
  for (const headers of [{ 'content-length': limit + 1 }, { 'transfer-encoding': 'chunked' }]) {
    const answer = await service.post('/v1/jobs', large(limit + 1), { headers, keep: false }).catch((error) => ({ status: error.code, text: '' }));
    // A client that goes on to write megabytes may find the connection ended before it reads the answer.
    if (answer.status !== 'EPIPE' && answer.status !== 'ECONNRESET') bench.refused(answer, 413, 'body-too-large', JSON.stringify(headers));
  }
  // One that waits for the answer gets it.
  const waited = await new Promise((resolve) => {
    const socket = net.connect(service.socketPath, () => socket.write(`POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: ${limit + 1}\r\n\r\n{`));
    let text = '';
    socket.on('data', (data) => { text += data; });
    socket.on('close', () => resolve(text));
  });
  bench.check(/^HTTP\/1\.1 413/.test(waited) && waited.includes('"body-too-large"'), waited.slice(0, 200));

  // Paths, methods, parameters.
  for (const url of ['/', '/v1', '/v1/', '/v1/jobs/', '/v2/jobs', '/v1/jobs/x/y', '/v1/artifacts', '/%2e%2e/etc/passwd', '/v1/jobs/../../etc'])
    bench.refused(await service.get(url), 404, url.startsWith('/v1/jobs/x') ? 'not-found' : 'not-found', url);
  const method = await service.request('PUT', '/v1/jobs');
  bench.refused(method, 405, 'method');
  bench.equal(method.headers.allow, 'POST, GET', 'allow');
  for (const query of ['?wait=61s', '?wait=1', '?wait=', '?wiat=1s', '?wait=1s&wait=2s'])
    bench.refused(await service.post(`/v1/jobs${query}`, source('')), 400, 'bad-request', query);
  for (const query of ['?state=over', '?limit=0', '?limit=1001', '?limit=x', '?offset=1'])
    bench.refused(await service.get(`/v1/jobs${query}`), 400, 'bad-request', query);
  bench.refused(await service.get('/v1/jobs?before=nothing'), 404, 'no-such-job');
  bench.refused(await service.get(`/v1/artifacts/${'g'.repeat(64)}`), 404, 'no-such-artifact');

  // The same key: one job. Another body: none.
  const keyed = { ...source('console.log(Math.random())'), idempotencyKey: 'k', args: ['a'] };
  const first = await service.run(keyed);
  bench.equal(await service.run(keyed), first, 'the same key');
  bench.equal(await service.run(JSON.stringify({ args: ['a'], idempotencyKey: 'k', source: keyed.source }, null, 2)), first, 'the same in other words');
  bench.refused(await service.post('/v1/jobs', { ...keyed, args: ['b'] }), 409, 'idempotency-conflict');
  const together = await Promise.all(Array.from({ length: 20 }, () => service.run({ ...keyed, idempotencyKey: 'k2' })));
  bench.equal(new Set(together.map((job) => job.id + job.result.stdout)).size, 1, 'the same key at once');
  await bench.stop(service);
}
