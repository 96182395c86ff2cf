// The life of a job as server-sent events: in order, once each, taken up again where a reader left; readers that are
// slow or gone cost nothing.
import * as fs from 'node:fs';
import * as net from 'node:net';
import { sleep, source } from './bench.mjs';

const pause = 'const pause = (ms) => new Promise((r) => setTimeout(r, ms));\n';
const collect = async (service, id, options) => {
  const events = [];
  const status = await service.events(id, (event) => { events.push(event); }, options);
  return { status, events, stdout: text(events, 'stdout'), stderr: text(events, 'stderr') };
};
const text = (events, name) => events.filter((event) => event.event === name).map((event) => event.data.text).join('');
const resident = (service) => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${service.child.pid}/status`, 'utf8'))[1]) * 1024;

export default async function (bench) {
  const service = await bench.start();
  const program = source(`${pause}for (let i = 0; i < 5; i++) { console.log('line', i); console.error('error', i); await pause(100); } console.log('ä'.repeat(50000));`);
  const expected = [0, 1, 2, 3, 4].map((i) => `line ${i}\n`).join('') + `${'ä'.repeat(50000)}\n`;
  const id = await service.submit(program);
  const seen = [];
  const times = [];
  await service.events(id, (event) => { seen.push(event); times.push(Date.now()); });
  bench.equal(text(seen, 'stdout'), expected, 'stdout');
  bench.equal(text(seen, 'stderr'), [0, 1, 2, 3, 4].map((i) => `error ${i}\n`).join(''), 'stderr');
  bench.equal(seen.at(-1).event, 'result', 'the last');
  bench.equal(seen.at(-1).data, (await service.get(`/v1/jobs/${id}`)).json, 'the result is the job');
  bench.equal(seen.filter((event) => event.event === 'state').map((event) => event.data.state).filter((state) => state !== 'queued'), ['running', 'done'], 'states');
  bench.check(times.at(-1) - times[1] > 250, 'they come as they happen');

  // From every event on, what follows is what had followed; also long after the end.
  for (const [i, event] of seen.entries()) {
    const rest = await collect(service, id, { headers: { 'last-event-id': event.id } });
    if (i === seen.length - 1) {
      bench.equal(rest.status, 204, 'after the last');
      continue;
    }
    for (const name of ['stdout', 'stderr'])
      bench.equal(rest[name], text(seen.slice(i + 1), name), `${name} after event ${i}`);
    bench.equal(rest.events.at(-1).event, 'result', `result after event ${i}`);
  }
  const again = await collect(service, id);
  bench.equal([again.stdout, again.events.at(-1).data.result.verdict], [expected, 'ok'], 'from the start');
  const elsewhere = await collect(service, id, { headers: { 'last-event-id': '7-3-0' } });
  bench.equal(elsewhere.stdout, expected, 'after an event of another attempt');
  for (const last of ['x', '1-2', '1-2-3-4', '-1-0-0', '1-99999999999999999999-0'])
    bench.refused(await service.get(`/v1/jobs/${id}/events`, { headers: { 'last-event-id': last } }), 400, 'bad-request', last);
  const beyond = await collect(service, id, { headers: { 'last-event-id': '1-999999999-5' } });
  bench.equal([beyond.stdout, beyond.events.at(-1).event], ['', 'result'], 'beyond the end');

  // Cut off in the middle of a running job, and taken up again.
  const cut = await service.submit(program);
  const parts = [];
  for (let last; ;) {
    let ended = false;
    await service.events(cut, (event) => {
      parts.push(event);
      last = event.id;
      ended = event.event === 'result';
      return false;
    }, { headers: last ? { 'last-event-id': last } : {} });
    if (ended) break;
    if (parts.length > 1000) { bench.check(false, 'no end'); break; }
  }
  bench.equal(text(parts, 'stdout'), expected, 'taken up again and again');
  bench.equal(text(parts, 'stderr').split('\n').length, 6, 'taken up again and again');

  // Several readers, a queued job, one that is cancelled.
  const both = await service.submit(program);
  const readers = await Promise.all([collect(service, both), collect(service, both), collect(service, both)]);
  bench.check(readers.every((reader) => reader.stdout === expected), 'several readers');
  const endless = await service.submit(source('for (let i = 0; ; i++) { console.log(i); await new Promise((r) => setTimeout(r, 20)); }'));
  const following = collect(service, endless);
  await sleep(300);
  await service.request('DELETE', `/v1/jobs/${endless}`);
  const cancelled = await following;
  bench.equal([cancelled.events.at(-1).data.state, cancelled.events.at(-1).data.result.verdict], ['cancelled', 'cancelled'], 'cancelled');
  bench.equal(cancelled.stdout, cancelled.events.at(-1).data.result.stdout, 'nothing lost');
  bench.refused(await service.get(`/v1/jobs/${'0'.repeat(32)}/events`), 404, 'no-such-job');

  // Text in pieces that cut characters, bytes that are no text.
  const odd = await service.submit(source(`${pause}const bytes = new TextEncoder().encode('€'.repeat(3000)); console.log(new TextDecoder().decode(bytes)); console.log('\\ud800');`));
  const oddSeen = await collect(service, odd);
  bench.equal(oddSeen.stdout, `${'€'.repeat(3000)}\n\uFFFD\n`, 'characters');

  // Readers that read nothing, and readers that are gone: the job ends as it would, and memory stays.
  const before = resident(service);
  const flood = await service.submit({ ...source('for (let i = 0; i < 1000; i++) console.log("x".repeat(1000)); await new Promise((r) => setTimeout(r, 2500));') });
  const stalled = await Promise.all(Array.from({ length: 100 }, () => new Promise((resolve) => {
    const socket = net.connect(service.socketPath, () => {
      socket.write(`GET /v1/jobs/${flood}/events HTTP/1.1\r\nHost: x\r\n\r\n`);
      resolve(socket);
    });
    socket.pause();
    socket.on('error', () => {});
  })));
  await sleep(500);
  const grown = resident(service) - before;
  bench.check(grown < 48 << 20, `100 readers that read nothing took ${grown >> 20} MiB`);
  const descriptors = () => fs.readdirSync(`/proc/${service.child.pid}/fd`).length;
  const open = descriptors();
  for (const socket of stalled) socket.destroy();
  for (let i = 0; i < 100 && descriptors() > open - 100; i++) await sleep(50);
  bench.check(descriptors() <= open - 100, `${descriptors()} descriptors of ${open} are left after 100 readers have gone`);
  bench.equal((await service.wait(flood)).result.verdict, 'ok', 'the job of readers that are gone');
  await bench.stop(service);
}
