// node audit.mjs PROGRAM NAME: the scenario NAME below, with the whole command: what is done to a log and to who writes it.
import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { withPage } from './browser.mjs';

const [binary, name] = process.argv.slice(2);
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'secure-runtime-audit.'));
process.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true }));
const at = (...parts) => path.join(scratch, ...parts);
const faults = [];
const check = (holds, what) => { if (!holds) faults.push(what); };

const policyOf = (entries, rest = '') => `version = 1\n[limits]\nwall = "60s"\n${rest}[[grant]]\nto = "main.mjs"\nfs = [${entries}]\n`;
const docs = '{ path = "docs", at = "/docs", rights = ["read", "write", "create", "delete", "list"] }';
fs.mkdirSync(at('docs'));
fs.writeFileSync(at('docs/a'), 'hello');
const program = (body) => fs.writeFileSync(at('main.mjs'), `import fs from 'runtime:fs';\n${body}`);
const policy = (text) => fs.writeFileSync(at('p.policy.toml'), text);
policy(policyOf(docs));
program(`fs.readFileSync('/docs/a');`);

const command = (...args) => spawnSync(binary, args, { cwd: scratch, encoding: 'utf8', timeout: 100_000 });
const runArgs = (...options) => ['run', '--policy', 'p.policy.toml', '--audit', 'log', ...options, 'main.mjs'];
const run = (...options) => command(...runArgs(...options));
const verify = (...args) => command('audit', 'verify', ...args);
const records = (file = 'log') => fs.readFileSync(at(file), 'utf8').split('\n').filter((line) => line.endsWith('}'))
  .map((line) => JSON.parse(line));
const rotated = () => fs.readdirSync(scratch).filter((file) => /^log\.\d{12}$/.test(file)).sort();
// Ended by SIGKILL once it has printed `text` and, after that, the delay has passed.
function killed(text, delayMs, ...options) {
  return new Promise((resolve) => {
    const child = spawn(binary, runArgs(...options), { cwd: scratch });
    let stdout = '', stderr = '';
    let waiting = true;
    child.stdout.on('data', (data) => {
      stdout += data;
      if (!waiting || !stdout.includes(text)) return;
      waiting = false;
      setTimeout(() => child.kill('SIGKILL'), delayMs);
    });
    child.stderr.on('data', (data) => { stderr += data; });
    child.on('close', (status, signal) => resolve({ stdout, stderr, status, signal }));
  });
}

const scenarios = {
  async verify() {
    const first = JSON.parse(run('--json').stdout).audit;
    const second = JSON.parse(run('--json').stdout).audit;
    check(first.records === second.records && first.records === 4, `records ${first.records}, ${second.records}`);
    const good = verify('--head', second.head, 'log');
    check(good.status === 0 && good.stdout.includes(second.head), `good: ${good.status} ${good.stdout}${good.stderr}`);
    check(verify('log').stdout.includes('8 records, 0 to 7, of 2 runs'), verify('log').stdout);
    check(verify('--head', first.head, 'log').status === 1, 'another head');
    const text = fs.readFileSync(at('log'), 'utf8');
    fs.writeFileSync(at('log'), text.replace('"bytes":5,', '"bytes":6,'));
    const altered = verify('log');
    check(altered.status === 1 && altered.stdout.startsWith('log:3: record 2: altered'), `altered: ${altered.stdout}`);
    fs.writeFileSync(at('log'), text.slice(0, text.lastIndexOf('{"v":1')));
    check(verify('log').status === 0, 'cut, and nothing known of the end');
    check(verify('--head', second.head, 'log').status === 1, 'cut');
    check(verify('gone').status === 2 && verify('gone').stderr.includes('gone'), 'no such file');
    check(verify('docs').status === 2, 'a folder');
    const shown = command('audit', 'show', '--json', 'log');
    check(JSON.parse(shown.stdout).records.length === 7, 'show as JSON');
  },

  // What was answered is on the disk, whenever the supervisor is killed, and what was not is no fault.
  async 'crash-with-sync'() {
    program(`import { args } from 'runtime:job';
for (let i = 0; i < 100000; i++) { await fs.promises.readFile('/docs/' + args[0] + '-' + i).catch(() => {}); console.log('answered ' + args[0] + '-' + i); }`);
    for (let round = 0; round < 4; round++) {
      const options = runArgs('--audit-sync');
      const { stdout, stderr } = await new Promise((resolve) => {
        const child = spawn(binary, [...options, String(round)], { cwd: scratch });
        const out = { stdout: '', stderr: '' };
        child.stdout.on('data', (data) => {
          if (out.stdout === '') setTimeout(() => child.kill('SIGKILL'), 40 + 60 * round);
          out.stdout += data;
        });
        child.stderr.on('data', (data) => { out.stderr += data; });
        child.on('close', () => resolve(out));
      });
      const answered = stdout.split('\n').slice(0, -1).map((line) => line.split(' ')[1]);
      const known = new Set(records().map(({ resource }) => resource));
      check(answered.length > 0, `round ${round}: nothing was answered: ${stderr}`);
      check(answered.every((one) => known.has('/docs/' + one)), `round ${round}: answered, and not in the log`);
      check(verify('log').status === 0, `round ${round}: ${verify('log').stdout}`);
    }
    program(`fs.readFileSync('/docs/a');`);
    const after = JSON.parse(run('--json').stdout);
    check(after.verdict === 'ok', 'a further run');
    const verified = verify('--head', after.audit.head, 'log');
    check(verified.status === 0 && verified.stdout.includes('has no seal'), verified.stdout);
  },

  async 'crash-in-the-middle-of-a-line'() {
    program(`for (let i = 0; ; i++) { try { fs.statSync('/docs/' + i); } catch {} if (i === 3000) console.log('going'); }`);
    policy(policyOf(docs, 'audit = "1GiB"\n'));
    for (let round = 0; round < 3; round++) {
      const crashed = await killed('going', 20 * round);
      check(crashed.signal === 'SIGKILL', `round ${round}: ${crashed.status} ${crashed.stderr}`);
      const size = fs.statSync(at('log')).size;
      if (round === 1) fs.truncateSync(at('log'), size - 100);
      check(verify('log').status === 0, `after the crash ${round}: ${verify('log').stdout}`);
    }
    program(`fs.readFileSync('/docs/a');`);
    const further = run();
    check(further.status === 0, `a further run: ${further.stderr}`);
    const verified = verify('log');
    check(verified.status === 0 && verified.stdout.includes('torn') && verified.stdout.includes('has no seal'), verified.stdout);
    const begins = records().filter(({ capability, right }) => capability === 'job' && right === 'begin');
    check(begins.map(({ previous }) => previous).join() === 'nothing,unsealed,torn,unsealed', `${begins.map(({ previous }) => previous)}`);
    check(JSON.parse(command('audit', 'show', '--summary', '--json', 'log').stdout).verdicts.ok === 1, 'the summary');
  },

  async 'out-of-reach'() {
    fs.mkdirSync(at('state'));
    fs.writeFileSync(at('state/key'), 'k'.repeat(32));
    fs.writeFileSync(at('state/log.000000000000'), 'old');
    policy(policyOf('{ path = "state", at = "/s", rights = ["read", "write", "append", "create", "delete", "list"] }'));
    program(`const tried = {
  read: (f) => fs.readFileSync(f), write: (f) => fs.writeFileSync(f, 'x'), append: (f) => fs.appendFileSync(f, 'x'),
  unlink: (f) => fs.unlinkSync(f), rename: (f) => fs.renameSync(f, '/s/x'), truncate: (f) => fs.truncateSync(f),
  replace: (f) => { fs.writeFileSync('/s/y', ''); fs.renameSync('/s/y', f); }, copy: (f) => fs.copyFileSync(f, '/s/z'),
};
for (const file of ['key', 'log', 'log.000000000000']) {
  for (const [what, act] of Object.entries(tried)) {
    try { act('/s/' + file); console.log(what, file, 'done'); }
    catch (error) { if (error.name !== 'PermissionDenied') console.log(what, file, String(error)); }
  }
}`);
    const ran = command('run', '--policy', 'p.policy.toml', '--audit', 'state/log', '--audit-key', 'state/key', 'main.mjs');
    check(ran.status === 0 && ran.stdout === '', `${ran.status}: ${ran.stdout}${ran.stderr}`);
    check(fs.readFileSync(at('state/key'), 'utf8') === 'k'.repeat(32), 'the key');
    check(verify('--key', 'state/key', 'state/log').status === 0, verify('--key', 'state/key', 'state/log').stdout);
    fs.writeFileSync(at('other'), 'o'.repeat(32));
    const other = verify('--key', 'other', 'state/log');
    check(other.status === 1 && other.stdout.includes('record 0: not written with the key'), other.stdout);
    check(verify('--key', 'p.policy.toml.gone', 'state/log').status === 2, 'no key');
    const bare = command('run', '--policy', 'p.policy.toml', '--audit', 'state/log', 'main.mjs');
    check(bare.status === 2 && bare.stderr.includes('--audit-key'), 'a run without the key');
    policy(policyOf('{ path = "state/key", at = "/k", rights = ["read"] }'));
    const granted = command('run', '--policy', 'p.policy.toml', '--audit', 'log', '--audit-key', 'state/key', 'main.mjs');
    check(granted.status === 2 && granted.stderr.includes('cannot be granted'), granted.stderr);
  },

  async rotation() {
    program(`for (let i = 0; i < 600; i++) { try { fs.statSync('/docs/' + i); } catch {} }`);
    const { audit } = JSON.parse(run('--json', '--audit-rotate', '64KiB').stdout);
    const again = JSON.parse(run('--json', '--audit-rotate', '64KiB').stdout);
    check(rotated().length >= 4, `rotated ${rotated()}`);
    const verified = verify('--head', again.audit.head, 'log', ...rotated());
    check(verified.status === 0 && verified.stdout.includes(`${audit.records + again.audit.records} records`), verified.stdout);
    const missing = verify('log', ...rotated().slice(0, -1));
    check(missing.status === 1 && missing.stdout.includes('missing'), missing.stdout);
    const plain = JSON.parse(run('--json').stdout);
    check(verify('--head', plain.audit.head, 'log', ...rotated()).status === 0, 'a run without rotation goes on');

    fs.mkdirSync(at('docs/logs'));
    fs.symlinkSync('docs/logs', at('logs'));
    for (const file of ['docs/log', 'docs/logs/log', 'logs/log']) {
      const refused = command('run', '--policy', 'p.policy.toml', '--audit', file, '--audit-rotate', '64KiB', 'main.mjs');
      check(refused.status === 2 && refused.stderr.includes('cannot stand in a granted folder'), `${file}: ${refused.stderr}`);
    }
  },

  async locked() {
    program(`console.log('going'); await new Promise((resolve) => setTimeout(resolve, 50000));`);
    const first = killed('going', 300);
    while (!fs.existsSync(at('log')) || fs.statSync(at('log')).size === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const second = run();
    check(second.status === 2 && second.stderr.includes('another run is writing'), `${second.status} ${second.stderr}`);
    await first;
    program('');
    check(run().status === 0, 'the lock ends with who held it');
  },

  // Bytes join when the handle is closed; so do those of handles that a revoked folder, or the end of the job, closes.
  async handles() {
    fs.writeFileSync(at('docs/b'), 'b'.repeat(300));
    fs.writeFileSync(at('docs/c'), 'c'.repeat(300));
    program(`const pause = () => new Promise((resolve) => setTimeout(resolve, 250));
const a = await fs.promises.open('/docs/a', 'r+');
const dir = fs.dir('/docs');
const b = await dir.promises.open('b');
const c = await fs.promises.open('/docs/c');
await pause();
for (let i = 0; i < 3; i++) {
  await a.read(new Uint8Array(5), 0, 5, 0);
  await b.read(new Uint8Array(100), 0, 100, i * 100);
  await c.read(new Uint8Array(10), 0, 10, 0);
  await pause();
}
await a.write('HELLO', 0);
await a.stat();
await a.close();
dir.revoke();
await b.read(new Uint8Array(1), 0, 1, 0).catch(() => {});
await pause();`);
    const ran = run();
    check(ran.status === 0, `${ran.status} ${ran.stdout}${ran.stderr}`);
    const of = (resource) => records().filter((one) => one.resource === resource && one.capability === 'fs')
      .map(({ right, count, bytes, error }) => `${right} ${count} ${bytes} ${error}`).sort();
    check(of('/docs/a').join() === 'read 3 15 ,read,write 1 0 ,write 1 5 ', `a: ${of('/docs/a')}`);
    check(of('/docs/b').join() === 'read 1 0 ,read 1 0 EBADF,read 3 300 ', `b: ${of('/docs/b')}`);
    check(of('/docs/c').join() === 'read 1 0 ,read 3 30 ', `c: ${of('/docs/c')}`);
    check(records().at(-2).resource === '/docs/c' && records().at(-1).right === 'end', 'what is open comes before the seal');
  },

  async show() {
    const hostile = '/docs/\u001b[31mred\u001b[0m\r\n\u202e\u009b1m';
    fs.mkdirSync(at('lib'));
    fs.writeFileSync(at('lib/b.mjs'), `import fs from 'runtime:fs';\ntry { fs.readFileSync('/etc/passwd'); } catch {}\n`);
    program(`import './lib/b.mjs';\ntry { fs.readFileSync(${JSON.stringify(hostile)}); } catch {}\nfs.readFileSync('/docs/a'); fs.writeFileSync('/docs/n', 'n');`);
    check(run().status === 0, 'the run');
    const show = (...args) => command('audit', 'show', ...args, 'log');
    const all = show();
    check(all.status === 0 && all.stderr === '', all.stderr);
    check(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.test(all.stdout), 'a control character came through');
    check(all.stdout.split('\n').length - 1 === records().length, 'a line for each record');
    check(all.stdout.includes('/docs/^[[31mred^[[0m^M^J<U+202E><U+009B>1m'), all.stdout);
    const shown = (...args) => JSON.parse(show('--json', ...args).stdout).records;
    check(shown().length === records().length, 'all');
    check(shown('--module', 'lib/**').every(({ module }) => module === 'lib/b.mjs') && shown('--module', 'lib/**').length === 1, 'module');
    check(shown('--right', 'write').length === 1 && shown('--right', 'load').length === 2, 'right');
    check(shown('--refused').length === 1 && shown('--refused')[0].resource === '/etc/passwd', 'refused');
    check(shown('--refused', '--module', 'main.mjs').length === 0, 'both');
    const summary = JSON.parse(show('--summary', '--json').stdout);
    const read = summary.modules.find(({ module, right }) => module === 'main.mjs' && right === 'read');
    check(read.allowed === 2 && read.failed === 1 && read.bytes === 5 && read.resources === 2, JSON.stringify(read));
    check(summary.runs === 1 && summary.verdicts.ok === 1, 'runs');
    check(summary.rights.find(({ right }) => right === 'read').refused === 1, 'rights');
    check(/^lib\/b\.mjs +fs read +0 +0 +1 /m.test(show('--summary').stdout), show('--summary').stdout);
    fs.writeFileSync(at('log'), fs.readFileSync(at('log'), 'utf8').replace('"bytes":5,', '"bytes":6,'));
    check(show().status === 0 && show().stderr.includes('not as it was written'), show().stderr);
    check(command('audit', 'show', 'gone').status === 2, 'no such file');
    check(command('audit', 'show', '--module', '[', 'log').status === 2, 'no glob');
  },

  // Names that would be markup, in a browser: the page holds them as text, and what it draws is there to be seen.
  async html() {
    const hostile = '</title></style></svg><script>document.title="run"</script><img src="x.png" onerror=alert(1)>"\'&amp;\u001b[31m\u202e';
    const folder = '<b onmouseover=alert(2)>"&lt;\'';
    fs.mkdirSync(at(folder));
    fs.writeFileSync(at(folder, 'm.mjs'), `import fs from 'runtime:fs';\ntry { fs.readFileSync('/etc/' + ${JSON.stringify(hostile)}); } catch {}\n`);
    program(`await import(${JSON.stringify('./' + encodeURIComponent(folder) + '/m.mjs')});
for (const end of ['', 'b', 'c']) {
  try { fs.readFileSync('/docs/' + ${JSON.stringify(hostile)} + end); } catch {}
  await new Promise((resolve) => setTimeout(resolve, 150));
}
fs.writeFileSync('/docs/n', 'n');`);
    const ran = run();
    check(ran.status === 0, `the run: ${ran.stderr}`);
    check(run().status === 0, 'a second run');
    const shown = command('audit', 'show', '--html', 'page.html', 'log');
    check(shown.status === 0 && shown.stdout === '' && shown.stderr === '', `${shown.status} ${shown.stdout}${shown.stderr}`);
    check(fs.readdirSync(scratch).every((file) => !file.startsWith('page.html.')), 'an unfinished page was left');
    await withPage(at('page.html'), scratch, async (page) => {
      const { evaluate, requests, complaints } = page;
      check(await evaluate('document.title') === 'Audit log log', `title ${await evaluate('document.title')}`);
      check(requests.length === 1 && requests[0].startsWith('file:'), `requests ${requests}`);
      check(complaints.length === 0, `complaints ${complaints}`);
      const foreign = await evaluate(`[...document.querySelectorAll('*')].map((e) => e.localName).filter((name) => !['html', 'head', 'meta',
        'title', 'style', 'body', 'h1', 'h2', 'p', 'span', 'svg', 'g', 'rect', 'text', 'line', 'table', 'tbody', 'thead', 'tr', 'th', 'td'].includes(name))`);
      check(foreign.length === 0, `elements ${foreign}`);
      const handlers = await evaluate(`[...document.querySelectorAll('*')].flatMap((e) => e.getAttributeNames())
        .filter((name) => /^on|^href$|^src$|^style$/.test(name))`);
      check(handlers.length === 0, `attributes ${handlers}`);
      const text = await evaluate('document.body.textContent');
      const visible = (name) => name.replace('\u001b', '^[').replace('\u202e', '<U+202E>');
      check(text.includes('/etc/' + visible(hostile)), 'the refused name, as text');
      check(text.includes(folder + '/m.mjs'), 'the module, as text');
      check(await evaluate(`getComputedStyle(document.querySelector('svg rect.refused')).fill`) !== 'rgb(0, 0, 0)', 'the style does not apply');
      check(await evaluate(`document.querySelectorAll('h2').length`) === 2, 'a section for each run');
      // The marks of the first run: where they stand, and what they say.
      const marks = await evaluate(`(() => {
        const svg = document.querySelector('h2 ~ svg');
        return [...svg.querySelectorAll('rect')].map((rect) => {
          const { x, y, width, height } = rect.getBoundingClientRect();
          return { kind: rect.getAttribute('class'), x, y, width, height, says: rect.textContent };
        });
      })()`);
      const of = (kind, part) => marks.filter((mark) => mark.kind === kind && mark.says.includes(part));
      check(marks.length > 0 && marks.every(({ x, width, height }) => width > 1 && height > 1 && x >= 0 && x + width <= 1280), `marks ${JSON.stringify(marks)}`);
      const reads = of('read', '/docs/' + visible(hostile));
      check(reads.length === 3 && reads[0].x < reads[1].x && reads[1].x < reads[2].x, `reads ${JSON.stringify(reads)}`);
      const refused = of('refused', visible(hostile));
      check(refused.length === 1 && refused[0].y !== reads[0].y, `refused ${JSON.stringify(refused)}`);
      check(of('write', 'fs').length === 1 && of('load', 'm.mjs').length > 0, `kinds ${marks.map(({ kind }) => kind)}`);
    });
    check(command('audit', 'show', '--html', 'refused.html', '--refused', 'log').status === 0, 'only what was refused');
    const refusals = fs.readFileSync(at('refused.html'), 'utf8');
    check(refusals.match(/<h2>Run \d: [^<]*main\.mjs<\/h2>/g)?.length === 2, 'each run has its section, whatever is left out');
    check(refusals.includes('/etc/') && !refusals.includes('/docs/'), 'what is left out');
    fs.writeFileSync(at('log'), fs.readFileSync(at('log'), 'utf8').replace('"bytes":1,', '"bytes":2,'));
    const altered = command('audit', 'show', '--html', 'page.html', 'log');
    check(altered.status === 0 && altered.stderr.includes('not as it was written'), altered.stderr);
    check(fs.readFileSync(at('page.html'), 'utf8').includes('This log is not as it was written'), 'the page does not say so');
    check(command('audit', 'show', '--html', 'gone/page.html', 'log').status === 2, 'no such folder');
    check(command('audit', 'show', '--html', 'page.html', '--json', 'log').status === 2, 'two forms at once');
  },
};

await scenarios[name]();
if (faults.length > 0) {
  console.error(`${name}:\n${faults.join('\n')}`);
  process.exit(1);
}
