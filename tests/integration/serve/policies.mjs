// Policies that come with jobs are hostile: every way to get more than the ceiling, over the API.
import * as fs from 'node:fs';
import { sha256, source } from './bench.mjs';

const grant = (path, rights, at = '/x', to = 'main.mjs') =>
  `version = 1\n[[grant]]\nto = ${JSON.stringify(to)}\nfs = [{ path = ${JSON.stringify(path)}, at = "${at}", rights = ${JSON.stringify(rights)} }]\n`;

export default async function (bench) {
  bench.write('docs/a.md', 'hello');
  bench.write('docs/private/key', 'secret');
  bench.write('out/.keep', '');
  bench.write('elsewhere/b', 'other');
  fs.symlinkSync(bench.at('elsewhere'), bench.at('docs/link'));
  bench.write('ceiling.policy.toml', `version = 1
[limits]
wall = "3s"
handles = 8
[engine]
eval = false
clock = "1ms"
[[grant]]
to = "**"
fs = [{ path = "docs", at = "/docs", rights = ["read", "list"] }, { path = "out", at = "/out", rights = ["create", "write", "read", "list"], storage = "1KiB" }]
env = ["SHOWN"]
[[deny]]
to = "**"
fs = [{ at = "/docs/private/**" }]
`);
  bench.write('policies/report.policy.toml', `version = 1
[[grant]]
to = "main.mjs"
fs = [{ path = "job:out", at = "/out", rights = ["create", "write"] }, { path = "../docs", at = "/docs", rights = ["read", "write"] }]
`);
  bench.write('policies/other.policy.toml', 'version = 1\n');
  const service = await bench.start({
    config: '[policies]\nfolder = "policies"\n[[tenant]]\nname = "acme"\ntoken_sha256 = "' + sha256('t') + '"\nceiling = "ceiling.policy.toml"\npolicies = ["report"]\n',
    env: { SHOWN: 'yes', HIDDEN: 'no' },
  });
  const acme = { token: 't' };
  const text = 'import fs from "runtime:fs"; import { env } from "runtime:job";\n';
  const run = async (program, policy, extra = {}) => (await service.run({ ...source(text + program), ...(policy ? { policy } : {}), ...extra }, acme)).result;
  const refused = async (policy, status, code, part, options = acme) => {
    const answer = await service.post('/v1/jobs', { ...source(''), policy }, options);
    bench.refused(answer, status, code, policy.slice(0, 120));
    if (part) bench.check(`${answer.json?.error?.where} ${answer.json?.error?.message}`.includes(part), `${answer.text} lacks ${part}`);
  };

  // Faults, from the text alone.
  for (const path of ['/', '/etc/passwd', bench.at('docs'), 'docs', '..', 'job', 'job:', 'job:..', 'job:../../state', 'job:a/b', 'ceiling:', 'ceiling:docs', 'ceiling:/docs/../..', 'file:///etc', ''])
    await refused(grant(path, ['read']), 400, 'policy', 'policy:4:');
  for (const [key, value] of [['include', '["report.policy.toml"]'], ['within', '"ceiling.policy.toml"'], ['include', '["/etc/passwd"]']])
    await refused(`version = 1\n${key} = ${value}\n`, 400, 'policy', 'policy:2:');
  await refused('version = 1\n[modules]\nroot = "/"\n', 400, 'policy', 'root');
  await refused('version = 1\n[limits]\nwal = "1s"\n', 400, 'policy', 'wall');
  await refused('not toml', 400, 'policy', 'policy:1:');
  await refused('', 400, 'policy', 'version');

  // Beyond the ceiling, named with its rule.
  await refused(grant('ceiling:/docs', ['read', 'write']), 403, 'exceeds-ceiling', '`write`');
  await refused(grant('ceiling:/docs', ['delete']), 403, 'exceeds-ceiling', 'policy:4:');
  await refused(grant('ceiling:/', ['list']), 403, 'exceeds-ceiling');
  await refused(grant('ceiling:/etc', ['read']), 403, 'exceeds-ceiling');
  await refused(grant('ceiling:/docs/private', ['read']), 403, 'exceeds-ceiling');
  // The default ceiling has nothing at all.
  await refused(grant('ceiling:/docs', ['read']), 403, 'exceeds-ceiling', '', {});

  // Within it: what is granted is had, and what is not, by no way.
  const reads = `for (const path of ['/x/a.md', '/x/private/key', '/x/link/b', '/x/../out/.keep', '/docs/a.md', '/etc/passwd']) {
  try { console.log(fs.readFileSync(path, 'utf8')); } catch (error) { console.log(path, error.code); } }`;
  const mounted = await run(reads, grant('ceiling:/docs', ['read', 'list']));
  bench.equal(mounted.stdout, 'hello\n/x/private/key EACCES\n/x/link/b EACCES\n/x/../out/.keep EACCES\n/docs/a.md EACCES\n/etc/passwd EACCES\n', 'mounted');
  bench.equal((await run(reads)).stdout.split('\n').filter((line) => line.endsWith('EACCES')).length, 6, 'without a policy');
  const deeper = await run('console.log(fs.readdirSync("/x", { recursive: true }).join())', grant('ceiling:/docs', ['read', 'list']));
  bench.equal(deeper.stdout, 'a.md,link\n', 'a listing leaves out what is denied');

  // The storage of the ceiling's entry holds; what is written is on the host.
  const writes = 'try { for (let i = 0; ; i++) fs.writeFileSync("/w/f" + i, "x".repeat(400)); } catch (error) { console.log(error.code); }';
  bench.equal((await run(writes, grant('ceiling:/out', ['create', 'write'], '/w'))).stdout, 'ENOSPC\n', 'storage of the ceiling');
  bench.equal(fs.readdirSync(bench.at('out')).sort(), ['.keep', 'f0', 'f1'], 'written on the host');

  // Limits and engine are lowered, the environment is intersected.
  const lowered = await run('console.log(Object.keys(env).join(), typeof SharedArrayBuffer); try { eval("1"); } catch (error) { console.log(error.name); }',
                            'version = 1\n[limits]\nwall = "60s"\nhandles = 100\n[engine]\neval = true\n[[grant]]\nto = "**"\nenv = ["SHOWN", "HIDDEN", "PATH"]\n');
  bench.equal(lowered.stdout, 'SHOWN undefined\nEvalError\n', 'engine and environment');
  bench.equal([lowered.limits.wall, lowered.limits.handles], ['3s', '8'], 'limits');
  const replaced = await run('', 'version = 1\n[limits]\nwall = "1s"\n', { limits: { wall: '2s' } });
  bench.equal(replaced.limits.wall, '2s', 'limits of the job replace those of its policy');

  // Nothing writable loads, and no job sees another's files or the queue.
  const loads = await run('fs.writeFileSync("/x/a.mjs", "console.log(1)"); await import("/x/a.mjs").catch((error) => console.log(error.code));', grant('job:x', ['create', 'write', 'read']));
  bench.check(/^ERR_|^E/.test(loads.stdout) && !loads.stdout.startsWith('1'), `loads: ${loads.stdout}`);

  // Policies of the service, by their names.
  const named = await service.run({ ...source(text + 'fs.writeFileSync("/out/r.txt", fs.readFileSync("/docs/a.md")); try { fs.writeFileSync("/docs/a.md", ""); } catch (error) { console.log(error.code); }'), policyName: 'report' }, acme);
  bench.equal(named.result.stdout, 'EACCES\n', 'the excess of a named policy is dropped');
  bench.equal(named.result.artifacts, [{ path: 'out/r.txt', size: 5, sha256: sha256('hello') }], 'artifacts of a named policy');
  for (const name of ['other', 'missing', '../report', 'report.policy.toml', '/etc/passwd'])
    bench.refused(await service.post('/v1/jobs', { ...source(''), policyName: name }, acme), 404, 'no-such-policy', name);
  bench.refused(await service.post('/v1/jobs', { ...source(''), policyName: 'report' }), 404, 'no-such-policy', 'of another tenant');
  bench.equal(fs.readFileSync(bench.at('docs/a.md'), 'utf8'), 'hello', 'nothing was changed');

  // Globs that take a naive matcher for ever.
  const before = Date.now();
  const globs = `version = 1\n[[deny]]\nto = "**"\nfs = [{ at = "/${'a*'.repeat(300)}b" }]\n${grant('job:x', ['create', 'write']).slice(12)}`;
  const matched = await run(`try { fs.writeFileSync("/x/" + "a".repeat(200), ""); console.log(1) } catch (error) { console.log(error.code) }`, globs);
  bench.equal(matched.stdout, '1\n', 'globs');
  bench.check(Date.now() - before < 20_000, 'globs take too long');

  // Each decision is in the log of its job, where one is kept; a job that is run again goes on with it.
  fs.mkdirSync(bench.at('audit'));
  await bench.stop(service);
  const audited = await bench.start({ config: '[audit]\nfolder = "audit"\n' });
  const logged = await audited.run({ ...source(text + 'try { fs.readFileSync("/etc/passwd"); } catch {} fs.writeFileSync("/x/a", "b");'), policy: grant('job:x', ['create', 'write']) });
  const log = fs.readFileSync(bench.at('audit', `${logged.id}.jsonl`), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
  bench.equal([log.length, log.at(-1).hash], [logged.result.audit.records, logged.result.audit.head], 'the log of a job');
  bench.check(log.some((record) => record.resource === '/etc/passwd' && record.decision === 'deny') && log.some((record) => record.resource === '/x/a' && record.decision === 'allow'), JSON.stringify(log));
  await bench.stop(audited);
  bench.write('bad.policy.toml', 'version = 1\n[[grant]]\nto = "**"\nfs = [{ path = "audit", at = "/s", rights = ["read"] }]\n');
  const shown = await bench.start({ config: '[audit]\nfolder = "audit"\n[[tenant]]\nname = "bad"\nceiling = "bad.policy.toml"\n' });
  bench.check(shown.end?.status === 2 && shown.stderr.includes('shows the folder of [audit]'), shown.stderr);

  // What is ours is out of reach for any ceiling.
  for (const path of ['state', 'state/jobs', '.']) {
    bench.write('bad.policy.toml', `version = 1\n[[grant]]\nto = "**"\nfs = [{ path = "${path}", at = "/s", rights = ["read"] }]\n`);
    const bad = await bench.start({ config: '[[tenant]]\nname = "bad"\nceiling = "bad.policy.toml"\n' });
    bench.equal(bad.end?.status, 2, `a ceiling that shows ${path}`);
    bench.check(/bad\.policy\.toml:4:\d+: fault: this path shows the folder of \[state\]/.test(bad.stderr), bad.stderr);
  }
  bench.write('bad.policy.toml', 'version = 1\n[modules]\nroot = "."\n');
  const rooted = await bench.start({ config: '[[tenant]]\nname = "bad"\nceiling = "bad.policy.toml"\n' });
  bench.check(rooted.end?.status === 2 && rooted.stderr.includes('bad.policy.toml:3:8: fault: `root` of a ceiling'), rooted.stderr);
}
