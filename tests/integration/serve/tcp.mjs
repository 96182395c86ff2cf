// Over TCP: tokens alone say who somebody is, and what a browser could be made to send is refused.
import * as net from 'node:net';
import { sha256, source } from './bench.mjs';

export default async function (bench) {
  const tenant = `[[tenant]]\nname = "a"\ntoken_sha256 = ["${sha256('a')}", "${sha256('a2')}"]\n`;
  const nobody = await bench.start({ listen: '127.0.0.1:0', config: '' });
  bench.check(nobody.end?.status === 2 && /serve\.toml:3:8: fault: over TCP tenants are told by their tokens/.test(nobody.stderr), nobody.stderr);
  const uids = await bench.start({ listen: '127.0.0.1:0', config: `${tenant}uids = [0]\n` });
  bench.check(uids.end?.status === 2 && uids.stderr.includes('over TCP nobody has a uid'), uids.stderr);
  const service = await bench.start({ listen: '127.0.0.1:0', config: tenant });
  bench.check(Number(service.port) > 0, service.stderr);
  const a = { token: 'a' };
  bench.refused(await service.get('/v1/jobs'), 401, 'unauthorized', 'nobody');
  bench.refused(await service.post('/v1/jobs', source('')), 401, 'unauthorized', 'nobody');
  bench.equal((await service.get('/healthz')).status, 200, 'whoever asks whether it lives');
  for (const token of ['a', 'a2']) bench.equal((await service.run(source('console.log(1)'), { token })).result.stdout, '1\n', token);

  const port = service.port;
  for (const host of ['evil.example', `evil.example:${port}`, 'localhost.evil.example', '127.0.0.1.evil.example', `127.0.0.1@evil.example`, '[::1].evil.example'])
    bench.refused(await service.get('/v1/jobs', { ...a, headers: { host } }), 403, 'host', host);
  for (const host of [`127.0.0.1:${port}`, 'localhost', `localhost:${port}`, '[::1]:80', '127.0.0.1'])
    bench.equal((await service.get('/v1/jobs', { ...a, headers: { host } })).status, 200, host);
  for (const origin of ['http://evil.example', 'null', `http://localhost:${port}`, `http://127.0.0.1:${port}.evil.example`])
    bench.refused(await service.post('/v1/jobs', source(''), { ...a, headers: { origin } }), 403, 'origin', origin);
  bench.equal((await service.get('/v1/jobs', { ...a, headers: { origin: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}` } })).status, 200, 'its own');

  // What is no HTTP: an answer that says so, and the service goes on.
  const raw = (text) => new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (data) => { answer += data; });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
  for (const text of ['GET\r\n\r\n', '\x16\x03\x01\x02\x00\r\n\r\n', 'GET / HTTP/1.1\r\nno colon\r\n\r\n', 'GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n', 'POST /v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n']) {
    const answer = await raw(text);
    bench.check(/^HTTP\/1\.1 (400|501|500)/.test(answer), `${JSON.stringify(text)}: ${answer.slice(0, 200)}`);
  }
  bench.equal((await service.get('/healthz')).status, 200, 'afterwards');
  await bench.stop(service);

  const named = await bench.start({ listen: '127.0.0.1:0', config: tenant });
  await bench.stop(named);
}
