// node policy_reference.mjs PROGRAM README: runs the examples of policies/README.md. A section's example is its blocks of
// TOML and of JavaScript: the first TOML block is main.policy.toml, another has its file's name as its first line; the
// JavaScript is main.mjs. What it must print stands behind `prints:`, how it must end behind `ends:` (else "ok").
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const [program, readme] = process.argv.slice(2);
// The sections of the format: each has an example, and no other key is one of its tables.
const sections = ['policies: the policy file', '`[limits]`', '`[engine]`', '`[modules]`', '`[[grant]]`', '`isolate`', '`[[deny]]`',
  'Directory capabilities', '`include`', '`within`', 'Globs'];

const examples = fs.readFileSync(readme, 'utf8').split(/^#{1,3} (?!\S+\.policy\.toml$)/m).slice(1).map((section) => {
  const title = section.slice(0, section.indexOf('\n'));
  const blocks = [...section.matchAll(/^```(toml|js)\n(.*?)^```$/gms)].map(([, kind, text]) => ({ kind, text }));
  return { title, policies: blocks.filter(({ kind }) => kind === 'toml'), programs: blocks.filter(({ kind }) => kind === 'js') };
});

const faults = [];
const fault = (title, text) => faults.push(`${title}: ${text}`);

const runExample = ({ title, policies, programs }) => {
  if (policies.length === 0 || programs.length !== 1) {
    fault(title, `${policies.length} policies and ${programs.length} programs are no example`);
    return;
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secure-runtime-reference.'));
  try {
    fs.cpSync(path.join(import.meta.dirname, 'policy_reference'), folder, { recursive: true, verbatimSymlinks: true });
    policies.forEach(({ text }, index) => {
      const [, name] = /^# (\S+\.policy\.toml)\n/.exec(text) ?? [];
      if ((index === 0) !== (name === undefined)) fault(title, `policy ${index + 1} has ${name ?? 'no'} name`);
      fs.writeFileSync(path.join(folder, name ?? 'main.policy.toml'), /^version/m.test(text) ? text : `version = 1\n${text}`);
    });
    const main = programs[0].text;
    fs.writeFileSync(path.join(folder, 'main.mjs'), main);

    const check = spawnSync(program, ['check', path.join(folder, 'main.policy.toml')], { encoding: 'utf8' });
    if (check.status !== 0) fault(title, `check exits ${check.status}: ${check.stderr}`);
    const run = spawnSync(program, ['run', '--json', '--policy', path.join(folder, 'main.policy.toml'), path.join(folder, 'main.mjs')],
      { encoding: 'utf8', env: { ...process.env, LANG: 'C', SECRET: 'x' } });
    const result = JSON.parse(run.stdout);

    const prints = [...main.matchAll(/prints: (.*)$/gm)].map(([, text]) => `${text}\n`).join('');
    const ends = /ends: (.*)$/m.exec(main)?.[1] ?? 'ok';
    if (prints === '') fault(title, 'the program prints nothing');
    if (result.stdout !== prints) fault(title, `printed\n${result.stdout}in place of\n${prints}`);
    if (result.verdict !== ends) fault(title, `ended with ${result.verdict}, ${JSON.stringify(result.exception ?? result.error)}`);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
};

for (const title of sections) {
  const example = examples.find((candidate) => candidate.title === title);
  if (example) runExample(example);
  else fault(title, 'no such section');
}
// Every section that has TOML is one of them: none is left out unseen.
for (const { title, policies } of examples) {
  if (policies.length > 0 && !sections.includes(title)) fault(title, 'has a policy, but is not among the sections that are run');
}
for (const text of faults) console.error(`policy_reference: ${text}`);
process.exit(faults.length === 0 ? 0 : 1);
