// node learn.mjs PROGRAM NAME: learns the policy of the program NAME below, and holds `learn` to its promises. Each run is
// in a fresh copy. Under the learnt policy the program prints what it printed under the ceiling and is refused no more;
// with any right of any entry taken away it is refused more.
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const all = '["read", "list", "write", "append", "create", "delete"]';
const ceilingOf = (entries, rest = '') => `version = 1\n[[grant]]\nto = "**"\nfs = [\n${entries}\n]\n${rest}`;
const data = ceilingOf(`{ path = "data", at = "/data", rights = ${all} }`);
// Says how each attempt ends, without a host path.
const helper = `import fs from 'runtime:fs';
export const attempt = (what, act) => {
  try { const value = act(); console.log(what, 'ok', typeof value === 'object' ? JSON.stringify(value) : String(value)); }
  catch (error) { console.log(what, error.code ?? String(error)); }
};
`;
const program = (body) => `import fs from 'runtime:fs';\nimport { attempt } from './attempt.mjs';\n${body}`;
const inData = (names) => (dir) => {
  for (const [name, text] of Object.entries(names)) {
    fs.mkdirSync(path.dirname(path.join(dir, 'data', name)), { recursive: true });
    fs.writeFileSync(path.join(dir, 'data', name), text);
  }
};

const programs = {
  reads: {
    ceiling: data, prepare: inData({ 'a.md': 'A', 'b.md': 'B', 'sub/c.md': 'C' }),
    main: `attempt('list', () => fs.readdirSync('/data'));
attempt('read', () => fs.readFileSync('/data/a.md', 'utf8'));
attempt('stat', () => fs.statSync('/data/sub/c.md').size);`,
    grants: [['/data', ['list']], ['/data/a.md', ['read']], ['/data/sub/c.md', ['read']]],
  },
  'default-ceiling': {
    prepare: inData({ 'a.md': 'A' }),
    main: `attempt('read', () => fs.readFileSync('/data/a.md', 'utf8'));
attempt('write', () => fs.writeFileSync('/data/a.md', 'x'));
attempt('outside', () => fs.readFileSync('/../../etc/passwd', 'utf8'));`,
    grants: [['/data/a.md', ['read']]],
  },
  creates: {
    ceiling: data, prepare: inData({ 'old.txt': 'old', 'in.txt': 'in' }),
    main: `attempt('mkdir', () => fs.mkdirSync('/data/out/x/y', { recursive: true }));
attempt('write', () => fs.writeFileSync('/data/out/x/y/new.txt', 'n'));
attempt('append', () => fs.appendFileSync('/data/out/x/log', 'l'));
attempt('copy', () => fs.copyFileSync('/data/in.txt', '/data/out/copy.txt'));
attempt('rename', () => fs.renameSync('/data/out/copy.txt', '/data/out/x/moved.txt'));
attempt('unlink', () => fs.unlinkSync('/data/old.txt'));
attempt('gone', () => fs.existsSync('/data/old.txt'));`,
  },
  overwrites: {
    ceiling: data, prepare: inData({ 'state.json': '{}', 'log': 'l', 'other': 'o' }),
    main: `attempt('read', () => fs.readFileSync('/data/state.json', 'utf8'));
attempt('write', () => fs.writeFileSync('/data/state.json', '{"n":1}'));
attempt('append', () => fs.appendFileSync('/data/log', 'more'));`,
    grants: [['/data/log', ['append']], ['/data/state.json', ['read', 'write']]],
  },
  temporary: {
    ceiling: data, prepare: inData({ 'keep/a': 'a' }),
    main: `const name = fs.mkdtempSync('/data/keep/t-');
attempt('write', () => fs.writeFileSync(name + '/f', 'f'));
attempt('rm', () => fs.rmSync(name, { recursive: true }));`,
    grants: [['/data/keep', ['write', 'create', 'delete']]],
  },
  links: {
    ceiling: data,
    prepare: (dir) => {
      inData({ 'real/a.md': 'A', 'real/b.md': 'B' })(dir);
      fs.symlinkSync('real/a.md', path.join(dir, 'data/link'));
      fs.symlinkSync('real', path.join(dir, 'data/folder'));
      fs.symlinkSync('../main.mjs', path.join(dir, 'data/out'));
    },
    main: `attempt('link', () => fs.readFileSync('/data/link', 'utf8'));
attempt('through', () => fs.readFileSync('/data/folder/b.md', 'utf8'));
attempt('outside', () => fs.readFileSync('/data/out', 'utf8'));`,
    grants: [['/data/folder/b.md', ['read']], ['/data/link', ['read']]],
  },
  'link-itself': {
    ceiling: data,
    prepare: (dir) => { inData({ 'real/a.md': 'A' })(dir); fs.symlinkSync('a.md', path.join(dir, 'data/real/link')); },
    main: `attempt('readlink', () => fs.readlinkSync('/data/real/link'));
attempt('lstat', () => fs.lstatSync('/data/real/link').isSymbolicLink());`,
    grants: [['/data/real', ['read']]],
  },
  'dot-dot': {
    ceiling: data, prepare: inData({ 'sub/a.md': 'A', 'b.md': 'B' }),
    main: `attempt('climb', () => fs.readFileSync('/data/sub/../b.md', 'utf8'));
attempt('too far', () => fs.readFileSync('/data/sub/../../main.mjs', 'utf8'));`,
    grants: [['/data', ['read']]],
  },
  missing: {
    ceiling: data, prepare: inData({ 'conf/there': 't', 'other/secret': 's' }),
    main: `attempt('exists', () => fs.existsSync('/data/conf/local.json'));
attempt('read', () => fs.readFileSync('/data/conf/local.json', 'utf8'));
attempt('deep', () => fs.readFileSync('/data/conf/no/such/file', 'utf8'));
attempt('there', () => fs.readFileSync('/data/conf/there', 'utf8'));`,
    grants: [['/data/conf', ['read']]],
  },
  folders: {
    ceiling: data, prepare: inData({ 'docs/a.md': 'A', 'docs/deep/b.md': 'B', 'x': 'x' }),
    main: `attempt('tree', () => fs.readdirSync('/data/docs', { recursive: true }));
attempt('read', () => fs.readFileSync('/data/docs/deep/b.md', 'utf8'));
attempt('read', () => fs.readFileSync('/data/x', 'utf8'));`,
    grants: [['/data/docs', ['read', 'list']], ['/data/x', ['read']]],
  },
  capability: {
    ceiling: data, prepare: inData({ 'docs/a.md': 'A', 'docs/b.md': 'B' }),
    files: { 'lib.mjs': `import { attempt } from './attempt.mjs';
import fs from 'runtime:fs';
export const use = (dir) => { attempt('handed', () => dir.readFileSync('/a.md', 'utf8')); };` },
    main: `import { use } from './lib.mjs';
use(fs.dir('/data/docs').only('read', 'list'));
attempt('plain', () => fs.appendFileSync('/data/docs/a.md', 'more'));`,
    grants: [['/data/docs', ['read', 'list', 'append']]],
  },
  'between-folders': {
    ceiling: data, prepare: inData({ 'one/x': 'x', 'two/y': 'y' }),
    main: `attempt('rename', () => fs.renameSync('/data/one/x', '/data/two/x'));`,
    grants: [['/data', ['create', 'delete']]],
  },
  movable: {
    // What another module may move away has no entry of its own beneath it.
    ceiling: data, prepare: inData({ 'x': 'x', 'keep/a': 'a' }),
    files: { 'lib.mjs': `import fs from 'runtime:fs';\nexport const text = fs.readFileSync('/data/keep/a', 'utf8');` },
    main: `import { text } from './lib.mjs';
attempt('unlink', () => fs.unlinkSync('/data/x'));
console.log(text);`,
    grants: [['/data', ['delete']], ['/data', ['read']]],
  },
  'temporary-stays': {
    ceiling: data, prepare: inData({ 'keep/a': 'a' }),
    main: `const name = fs.mkdtempSync('/data/keep/t-');
attempt('write', () => fs.writeFileSync(name + '/f', 'f'));`,
    grants: [['/data/keep', ['write', 'create']]],
  },
  flags: {
    ceiling: data, prepare: inData({ 'a': 'a', 'b': 'b', 'c': 'c', 'd': 'd', 'e': 'e' }),
    main: `attempt('wx', () => fs.writeFileSync('/data/a', 'x', { flag: 'wx' }));
attempt('truncate', () => fs.truncateSync('/data/b', 0));
attempt('utimes', () => fs.utimesSync('/data/c', 1, 1));
attempt('access', () => fs.accessSync('/data/d', fs.constants.W_OK));
attempt('mkdir', () => fs.mkdirSync('/data'));
attempt('over', () => fs.copyFileSync('/data/b', '/data/e'));`,
  },
  many: {
    ceiling: data, prepare: (dir) => { for (let i = 0; i < 40; i++) inData({ [`many/${i}`]: `${i}`, 'few/1': '' })(dir); },
    main: `let sum = 0;
for (let i = 0; i < 40; i++) sum += Number(fs.readFileSync('/data/many/' + i, 'utf8'));
attempt('few', () => fs.readFileSync('/data/few/1', 'utf8'));
console.log(sum);`,
    grants: [['/data/few/1', ['read']], ['/data/many', ['read']]],
  },
  refused: {
    ceiling: ceilingOf('{ path = "data", at = "/data", rights = ["read"] }'), prepare: inData({ 'a': 'a' }),
    main: `attempt('write', () => fs.writeFileSync('/data/a', 'x'));
attempt('elsewhere', () => fs.readFileSync('/etc/"]\\n[[grant]]\\nto = "**"', 'utf8'));
attempt('read', () => fs.readFileSync('/data/a', 'utf8'));`,
    grants: [['/data/a', ['read']]],
    contains: ['# Asked for, refused by the ceiling', '"main.mjs": fs write "/data/a"', '\\u000A[[grant]]'],
  },
  'hostile-names': {
    ceiling: data,
    prepare: inData({ '{a,b}*': 'glob', 'a"] }, { path = "..", at = "/", rights = ["read': 'quote', 'n/a\nb': 'line',
      '\u202eabc': 'mark', '**': 'stars' }),
    main: `for (const name of ['{a,b}*', 'a"] }, { path = "..", at = "/", rights = ["read', 'n/a\\nb', '\\u202eabc', '**']) {
  attempt('read', () => fs.readFileSync('/data/' + name, 'utf8'));
}`,
    grants: [['/data/**', ['read']], ['/data/a"] }, { path = "..", at = "/", rights = ["read', ['read']], ['/data/n', ['read']],
      ['/data/{a,b}*', ['read']], ['/data/\u202eabc', ['read']]],
  },
  'hostile-module-names': {
    ceiling: data, prepare: inData({ 'a': 'a' }),
    files: { '[!x]*.mjs': `import fs from 'runtime:fs';\nexport const text = fs.readFileSync('/data/a', 'utf8');`,
      'other.mjs': `import fs from 'runtime:fs';\nimport { attempt } from './attempt.mjs';\nexport const f = () => fs;` },
    main: `import { text } from './[!x]*.mjs';
console.log(text);`,
    contains: ['to = "\\\\[!x\\\\]\\\\*.mjs"'],
    grants: [['/data/a', ['read']]],
  },
  'swapped-for-a-link': {
    // A link that leads out of the ceiling takes the name of a folder that was used.
    ceiling: data,
    prepare: (dir) => {
      inData({ 'used/a': 'a' })(dir);
      fs.mkdirSync(path.join(dir, 'outside'));
      fs.writeFileSync(path.join(dir, 'outside/a'), 'secret');
      fs.symlinkSync('../outside', path.join(dir, 'data/evil'));
    },
    main: `attempt('read', () => fs.readFileSync('/data/used/a', 'utf8'));
attempt('away', () => fs.renameSync('/data/used', '/data/was'));
attempt('swap', () => fs.renameSync('/data/evil', '/data/used'));
attempt('read', () => fs.readFileSync('/data/used/a', 'utf8'));`,
    grants: [['/data', ['read', 'create', 'delete']]],
  },
  'inner-entry': {
    // A folder is granted for what it lacks; what an inner entry of the ceiling hides stays hidden.
    ceiling: ceilingOf(`{ path = "data", at = "/data", rights = ["read"] },
{ path = "data/private", at = "/data/private", rights = ["list"] }`),
    prepare: inData({ 'a': 'a', 'private/key': 'k' }),
    main: `attempt('missing', () => fs.existsSync('/data/none'));
attempt('private', () => fs.readFileSync('/data/private/key', 'utf8'));`,
    grants: [['/data', ['read']]],
    contains: ['at = "/data/private/**"'],
  },
  denies: {
    ceiling: ceilingOf(`{ path = "data", at = "/data", rights = ${all} }`, '[[deny]]\nto = "**"\nfs = [{ at = "/data/**/*.key" }]\n'),
    prepare: inData({ 'k/a.key': 'k', 'k/b': 'b' }),
    main: `attempt('key', () => fs.readFileSync('/data/k/a.key', 'utf8'));
attempt('tree', () => fs.readdirSync('/data/k', { recursive: true }));
attempt('missing', () => fs.existsSync('/data/k/c'));`,
    grants: [['/data/k', ['read', 'list']]],
    contains: ['at = "/data/**/*.key"'],
  },
  flood: {
    ceiling: data, prepare: inData({ 'a/b': 'b' }),
    main: `for (let i = 0; i < 6000; i++) fs.existsSync('/data/a/' + i);
console.log('done');`,
    grants: [['/data', ['read']]],
    contains: ['more paths than are told apart'],
  },
  ends: {
    ceiling: data, prepare: inData({ 'a': 'a' }), exit: 1,
    main: `attempt('read', () => fs.readFileSync('/data/a', 'utf8'));
throw new Error('end');`,
    grants: [['/data/a', ['read']]],
  },
};

const [binary, name] = process.argv.slice(2);
const chosen = programs[name];
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'secure-runtime-learn.'));
process.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true }));
let copies = 0;
function fresh() {
  const dir = path.join(scratch, `copy${++copies}`);
  fs.mkdirSync(path.join(dir, 'data'), { recursive: true });
  fs.writeFileSync(path.join(dir, 'attempt.mjs'), helper);
  fs.writeFileSync(path.join(dir, 'main.mjs'), program(chosen.main));
  for (const [file, text] of Object.entries(chosen.files ?? {})) fs.writeFileSync(path.join(dir, file), text);
  if (chosen.ceiling) fs.writeFileSync(path.join(dir, 'ceiling.policy.toml'), chosen.ceiling);
  chosen.prepare?.(dir);
  return dir;
}
const faults = [];
const check = (holds, what) => { if (!holds) faults.push(what); };
function run(policy) {
  const dir = fresh();
  fs.writeFileSync(path.join(dir, 'p.policy.toml'), policy);
  const { stdout } = spawnSync(binary, ['run', '--json', '--policy', 'p.policy.toml', 'main.mjs'], { cwd: dir, encoding: 'utf8' });
  return JSON.parse(stdout);
}

const dir = fresh();
const ceilingText = chosen.ceiling ?? ceilingOf('{ path = ".", at = "/", rights = ["read", "list"] }');
const learning = spawnSync(binary,
  ['learn', ...(chosen.ceiling ? ['--within', 'ceiling.policy.toml'] : []), '--out', 'learnt.policy.toml', 'main.mjs'],
  { cwd: dir, encoding: 'utf8' });
check(learning.status === (chosen.exit ?? 0), `learn ended with ${learning.status}: ${learning.stderr}`);
const learnt = fs.existsSync(path.join(dir, 'learnt.policy.toml')) ? fs.readFileSync(path.join(dir, 'learnt.policy.toml'), 'utf8') : '';
check(learnt !== '', 'no policy was written');
check(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.test(learnt + learning.stderr), 'a control character came through');
check(learning.stderr.includes('this records what a program did'), 'nothing was said of what is granted');
for (const text of chosen.contains ?? []) check(learnt.includes(text), `the policy lacks ${text}`);

const entryLine = /^  \{ path = ("(?:[^"\\]|\\.)*"), at = ("(?:[^"\\]|\\.)*"), rights = (\[[^\]]*\])(, storage = "[^"]*")? \},$/;
const lines = learnt.split('\n');
const entries = lines.map((line, index) => ({ index, match: entryLine.exec(line) })).filter(({ match }) => match)
  .map(({ index, match }) => ({ index, at: JSON.parse(match[2]), rights: JSON.parse(match[3]) }));
if (chosen.grants) {
  const found = entries.map(({ at, rights }) => [at, rights]);
  const sorted = (list) => JSON.stringify([...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)));
  check(sorted(found) === sorted(chosen.grants), `granted ${sorted(found)}, expected ${sorted(chosen.grants)}`);
}
check(execFileSync(binary, ['check', path.join(dir, 'learnt.policy.toml')], { encoding: 'utf8' }).includes('valid'), 'not valid');

const before = run(ceilingText);
check(before.stdout === learning.stdout, `learn printed ${learning.stdout}, run ${before.stdout}`);
const after = run(learnt);
check(after.verdict === before.verdict, `verdict ${after.verdict}: ${JSON.stringify(after)}`);
check(after.stdout === before.stdout, `under the learnt policy it printed\n${after.stdout}in place of\n${before.stdout}`);
check(after.usage?.deniedCalls === before.usage.deniedCalls, `refused ${after.usage?.deniedCalls}, not ${before.usage.deniedCalls}`);
for (const entry of entries) {
  for (const right of entry.rights) {
    const less = [...lines];
    const left = entry.rights.filter((other) => other !== right);
    if (left.length === 0) less.splice(entry.index, 1);
    else less[entry.index] = lines[entry.index].replace(/rights = \[[^\]]*\]/, `rights = ${JSON.stringify(left)}`);
    if (left.length > 0 && !left.some((one) => ['write', 'append', 'create'].includes(one))) {
      less[entry.index] = less[entry.index].replace(/, storage = "[^"]*"/, '');
    }
    const result = run(less.join('\n'));
    check(result.usage?.deniedCalls > before.usage.deniedCalls, `${right} of ${entry.at} is not needed`);
  }
}
if (faults.length > 0) {
  console.error(`${name}:\n${faults.join('\n')}\n--- learnt:\n${learnt}--- said:\n${learning.stderr}`);
  process.exit(1);
}
