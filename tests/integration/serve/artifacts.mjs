// What a job leaves in folders of its own: kept by content, for its tenant alone, within bounds and for a time.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { sha256, sleep, source } from './bench.mjs';

const policy = (...names) => `version = 1\n[limits]\nstorage = "4MiB"\n[[grant]]\nto = "**"\nfs = [${names.map((name) => `{ path = "job:${name}", at = "/${name}", rights = ["create", "write", "read", "list", "delete"] }`).join(', ')}]\n`;
const program = (body) => source(`import fs from 'runtime:fs';\n${body}`);
const stored = (bench) => fs.readdirSync(bench.at('state/artifacts')).flatMap((folder) => fs.readdirSync(bench.at('state/artifacts', folder)).map((file) => folder + file)).sort();

export default async function (bench) {
  const service = await bench.start({
    state: 'artifacts = "6MiB"',
    config: `[[tenant]]\nname = "a"\ntoken_sha256 = "${sha256('a')}"\n[[tenant]]\nname = "b"\ntoken_sha256 = "${sha256('b')}"\n`,
  });
  const a = { token: 'a' }, b = { token: 'b' };
  const written = await service.run({ ...program(`
fs.mkdirSync('/out/deep/er', { recursive: true });
fs.writeFileSync('/out/hello.txt', 'hello');
fs.writeFileSync('/out/deep/er/same', 'hello');
fs.writeFileSync('/out/deep/ä "odd"', new Uint8Array([0, 255, 10]));
fs.writeFileSync('/out/empty', '');
fs.writeFileSync('/out/gone', 'x'); fs.rmSync('/out/gone');
fs.writeFileSync('/other/x', 'y');
fs.mkdirSync('/out/no files');`), policy: policy('out', 'other') }, a);
  const bytes = Buffer.from([0, 255, 10]);
  bench.equal(written.result.artifacts, [
    { path: 'other/x', size: 1, sha256: sha256('y') },
    { path: 'out/deep/er/same', size: 5, sha256: sha256('hello') },
    { path: 'out/deep/ä "odd"', size: 3, sha256: sha256(bytes) },
    { path: 'out/empty', size: 0, sha256: sha256('') },
    { path: 'out/hello.txt', size: 5, sha256: sha256('hello') },
  ], 'artifacts');
  const got = await service.get(`/v1/artifacts/${sha256(bytes)}`, a);
  bench.equal([got.status, got.headers['content-type'], got.headers['x-content-type-options'], [...got.bytes]], [200, 'application/octet-stream', 'nosniff', [0, 255, 10]], 'bytes');
  bench.equal((await service.get(`/v1/artifacts/${sha256('')}`, a)).bytes.length, 0, 'an empty one');
  bench.equal(stored(bench), [sha256('y'), sha256('hello'), sha256(bytes), sha256('')].sort(), 'each content once');

  // Of another tenant it is not there; nor does its having it too tell anything.
  bench.refused(await service.get(`/v1/artifacts/${sha256('hello')}`, b), 404, 'no-such-artifact');
  bench.refused(await service.get(`/v1/artifacts/${sha256('hello')}`), 404, 'no-such-artifact');
  bench.refused(await service.get(`/v1/artifacts/${sha256('nothing')}`, a), 404, 'no-such-artifact');
  bench.refused(await service.get('/v1/artifacts/..%2f..%2fqueue.sqlite', a), 404, 'no-such-artifact');
  await service.run({ ...program('fs.writeFileSync("/o/f", "hello")'), policy: policy('o') }, b);
  bench.equal((await service.get(`/v1/artifacts/${sha256('hello')}`, b)).text, 'hello', 'its own now');

  // Jobs begin with empty folders, and what a job that was ended left is kept as well.
  const ended = await service.run({ ...program('console.log(fs.readdirSync("/o").length); fs.writeFileSync("/o/partial", "p"); for (;;);'), policy: policy('o'), limits: { wall: '300ms' } }, b);
  bench.equal([ended.result.verdict, ended.result.stdout, ended.result.artifacts.map((each) => each.path)], ['wall-limit', '0\n', ['o/partial']], 'ended');
  bench.check((await service.run(source(''), a)).result.artifacts === undefined, 'no folders, no artifacts');

  // A link that somebody puts there from outside is not followed, and what is no file is left out.
  const waiting = service.run({ ...program('fs.writeFileSync("/o/ready", ""); while (!fs.existsSync("/o/go")) await new Promise((r) => setTimeout(r, 10));'), policy: policy('o') }, a);
  let folder;
  for (;;) {
    await sleep(10);
    folder = fs.readdirSync(bench.at('state/jobs')).map((id) => bench.at('state/jobs', id, 'folders/o')).find((each) => fs.existsSync(path.join(each, 'ready')));
    if (folder) break;
  }
  fs.symlinkSync('/etc/hostname', path.join(folder, 'link'));
  fs.symlinkSync('/etc', path.join(folder, 'etc'));
  fs.writeFileSync(path.join(folder, 'go'), '');
  const { result } = await waiting;
  bench.equal([result.artifacts.map((each) => each.path), result.artifactsLeftOut], [['o/go', 'o/ready'], 2], 'links');

  // More than there is room for: what is largest of one job is left out; the oldest of all go first.
  const many = await service.run({ ...program('for (let i = 0; i < 40; i++) fs.writeFileSync("/o/" + i, "x" + i)'), policy: policy('o') }, a);
  bench.equal(many.result.artifacts.length, 40, 'many');
  for (let i = 0; i < 3; i++)
    await service.run({ ...program(`fs.writeFileSync("/o/big", new Uint8Array(3 << 20).fill(${i}))`), policy: policy('o') }, a);
  const big = (i) => sha256(Buffer.alloc(3 << 20, i));
  for (let i = 0; i < 300 && fs.existsSync(bench.at('state/artifacts', big(0).slice(0, 2), big(0).slice(2))); i++) await sleep(100);
  bench.equal(stored(bench), [big(1), big(2)].sort(), 'the oldest went');
  bench.refused(await service.get(`/v1/jobs/${written.id}`, a), 404, 'no-such-job', 'a job that made room');
  bench.equal((await service.get(`/v1/artifacts/${big(2)}`, a)).bytes.length, 3 << 20, 'a large one');
  bench.equal(fs.readdirSync(bench.at('state/jobs')), [], 'no folder of a job is left');
  await bench.stop(service);

  // And after the time of [state] retention.
  const brief = await bench.start({ state: 'retention = "1s"', config: '' });
  const old = await brief.run({ ...program('fs.writeFileSync("/o/f", "old")'), policy: policy('o') });
  for (let i = 0; i < 300 && stored(bench).length > 0; i++) await sleep(100);
  bench.equal(stored(bench), [], 'expired');
  bench.refused(await brief.get(`/v1/jobs/${old.id}`), 404, 'no-such-job', 'expired');
  await bench.stop(brief);
}
