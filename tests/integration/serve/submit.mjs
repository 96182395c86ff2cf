// The client `secure-runtime submit`.
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { sha256, sleep } from './bench.mjs';

export default async function (bench) {
  const tenant = `[[tenant]]\nname = "a"\ntoken_sha256 = "${sha256('t')}"\n`;
  let service = await bench.start();
  const command = (args, { input, env = {} } = {}) => new Promise((resolve) => {
    const child = spawn(bench.binary, ['submit', ...args], {
      cwd: bench.scratch, env: { HOME: bench.at('home'), XDG_RUNTIME_DIR: bench.at('run'), ...env }, stdio: ['pipe', 'pipe', 'pipe'],
    });
    const seen = { stdout: '', stderr: '', parts: 0 };
    child.stdout.on('data', (data) => { seen.stdout += data; seen.parts++; });
    child.stderr.on('data', (data) => { seen.stderr += data; });
    child.on('close', (status) => resolve({ ...seen, status }));
    child.stdin.end(input ?? '');
  });
  bench.write('main.mjs', `import { args, stdin } from 'runtime:job';
console.log(args.join(), await stdin.readAll().then((bytes) => new TextDecoder().decode(bytes)));
for (let i = 0; i < 3; i++) { console.log(i); await new Promise((r) => setTimeout(r, 150)); }
console.error('error');
if (args[0] === 'throw') throw new TypeError('no');
if (args[0] === 'exit') (await import('runtime:job')).exit(9);`);
  const plain = await command(['main.mjs', '--x', 'y']);
  bench.equal([plain.status, plain.stdout, plain.stderr], [0, '--x,y \n0\n1\n2\n', 'error\n'], 'plain');
  const followed = await command(['--follow', '--stdin', 'main.mjs', 'a'], { input: 'ä\n' });
  bench.equal([followed.status, followed.stdout, followed.stderr], [0, 'a ä\n\n0\n1\n2\n', 'error\n'], 'followed');
  bench.check(followed.parts >= 3, `it came in ${followed.parts} parts`);
  const thrown = await command(['main.mjs', 'throw']);
  bench.check(thrown.status === 1 && thrown.stderr.includes('TypeError: no') && thrown.stderr.includes('file:///main.mjs:5'), thrown.stderr);
  bench.equal((await command(['main.mjs', 'exit'])).status, 9, 'exit');
  const limited = await command(['--limit', 'wall=100ms', '--limit', 'handles=3', 'main.mjs']);
  bench.check(limited.status === 4 && limited.stderr.includes('wall-limit'), limited.stderr);
  const json = JSON.parse((await command(['--json', 'main.mjs'])).stdout);
  bench.equal([json.state, json.result.verdict], ['done', 'ok'], 'json');
  const detached = (await command(['--detach', '--key', 'k', 'main.mjs'])).stdout.trim();
  bench.equal((await command(['--detach', '--key', 'k', 'main.mjs'])).stdout.trim(), detached, 'the same key');
  bench.equal((await service.wait(detached)).result.verdict, 'ok', 'detached');
  const late = await command(['--deadline', '100ms', 'main.mjs']);
  bench.check(late.status !== 0 && late.stderr.includes('cancelled'), `${late.status} ${late.stderr}`);

  // A folder, with what is no text; a policy.
  bench.write('app/lib/data.bin', Buffer.from([0, 255]));
  bench.write('app/run.mjs', `import fs from 'runtime:fs'; fs.writeFileSync('/out/x', 'made'); console.log('ran');`);
  bench.write('app.policy.toml', 'version = 1\n[[grant]]\nto = "**"\nfs = [{ path = "job:o", at = "/out", rights = ["create", "write"] }]\n');
  const app = JSON.parse((await command(['--json', '--files', 'app', '--policy', 'app.policy.toml', 'run.mjs'])).stdout);
  bench.equal([app.result.stdout, app.result.artifacts], ['ran\n', [{ path: 'o/x', size: 4, sha256: sha256('made') }]], 'a folder and a policy');

  // Faults are told, each with what to do.
  const fault = async (args, status, part, options) => {
    const answer = await command(args, options);
    bench.check(answer.status === status && answer.stderr.includes(part), `${args.join(' ')}: ${answer.status} ${answer.stderr}`);
  };
  await fault([], 2, 'no ENTRY to run');
  await fault(['missing.mjs'], 2, 'missing.mjs');
  await fault(['--limit', 'wal=1s', 'main.mjs'], 2, 'no limit is called `wal`');
  await fault(['--limit', 'wall', 'main.mjs'], 2, 'NAME=VALUE');
  await fault(['--policy-name', 'x', 'main.mjs'], 2, 'no-such-policy');
  await fault(['--files', 'app', 'nothing.mjs'], 2, 'no file beneath app');
  await fault(['--service', 'ftp://x', 'main.mjs'], 2, 'unix:/PATH or http://HOST:PORT');
  await fault(['--service', `unix:${bench.at('none.sock')}`, 'main.mjs'], 1, 'cannot be reached');
  await fault(['--follow', '--detach', 'main.mjs'], 2, 'excludes');
  await bench.stop(service);

  // Over TCP with a token; and a service that goes away and comes again.
  service = await bench.start({ listen: '127.0.0.1:0', config: tenant });
  const address = ['--service', `http://127.0.0.1:${service.port}`];
  bench.write('token', 't\n');
  await fault([...address, 'main.mjs'], 2, 'unauthorized');
  bench.equal((await command([...address, '--token-file', 'token', 'main.mjs'])).status, 0, 'a token in a file');
  bench.equal((await command([...address, 'main.mjs'], { env: { SECURE_RUNTIME_TOKEN: 't' } })).status, 0, 'a token of the environment');
  fs.writeFileSync(bench.at('slow.mjs'), 'console.log("begun"); await new Promise((r) => setTimeout(r, 1500)); console.log("ended");');
  bench.write('serve.toml', fs.readFileSync(bench.at('serve.toml'), 'utf8').replace('127.0.0.1:0', `127.0.0.1:${service.port}`));
  const across = command([...address, '--token-file', 'token', '--follow', 'slow.mjs']);
  await sleep(600);
  await service.kill();
  service = await bench.start({ args: ['--config', 'serve.toml'] });
  const ended = await across;
  bench.equal([ended.status, ended.stdout], [0, 'begun\nbegun\nended\n'], 'followed across a crash: the second attempt is told from its start');
  await bench.stop(service);
}
