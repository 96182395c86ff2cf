// What comes too slowly is told so and ended, and holds up nobody.
import * as net from 'node:net';
import { sleep, source } from './bench.mjs';

export default async function (bench) {
  const service = await bench.start();
  const began = Date.now();
  const connect = (text, each) => new Promise((resolve) => {
    const socket = net.connect(service.socketPath, () => socket.write(text));
    let answer = '';
    const trickle = setInterval(() => socket.write(each), 1000);
    socket.on('data', (data) => { answer += data; });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(trickle);
      resolve({ answer, seconds: (Date.now() - began) / 1000 });
    });
  });
  // A byte a second, of headers, of a body whose length is told, and of one in chunks.
  const slow = [
    connect('GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ', 'x'),
    connect('POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"source":"', 'x'),
    connect('POST /v1/jobs HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\n{\r\n'),
  ];
  for (let i = 0; i < 5; i++) {
    bench.equal((await service.run(source('console.log(1)'))).result.stdout, '1\n', 'beside them');
    await sleep(100);
  }
  const [headers, told, chunked] = await Promise.all(slow);
  bench.equal(headers.answer, '', 'headers that do not come');
  bench.check(headers.seconds > 8 && headers.seconds < 25, `headers: ended after ${headers.seconds} s`);
  for (const [what, { answer, seconds }] of Object.entries({ told, chunked })) {
    bench.check(/^HTTP\/1\.1 408/.test(answer) && answer.includes('"body-too-slow"'), `${what}: ${answer.slice(0, 200)}`);
    bench.check(seconds > 28 && seconds < 50, `${what}: ended after ${seconds} s`);
  }
  bench.equal((await service.get('/v1/jobs')).json.jobs.length, 5, 'nothing was submitted by them');
  await bench.stop(service);
}
