// node explain_page.mjs PROGRAM: the page of `explain --html` in a browser: with names that would be markup, with what is
// wider than before marked, and with two hundred modules, readable.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { withPage } from './browser.mjs';

const [binary] = process.argv.slice(2);
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'secure-runtime-explain.'));
process.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true }));
const at = (name) => path.join(scratch, name);
const faults = [];
const check = (holds, what) => { if (!holds) faults.push(what); };

const explain = (...args) => spawnSync(binary, ['explain', ...args], { cwd: scratch, encoding: 'utf8', timeout: 100_000 });
const grant = (to, folder, where, rights) =>
  `[[grant]]\nto = ${JSON.stringify(to)}\nfs = [{ path = ${JSON.stringify(folder)}, at = ${JSON.stringify(where)}, rights = [${rights}] }]\n`;

// Asks what holds of any such page, then `look`.
const look = (name, more) => withPage(at(name), scratch, async (page) => {
  const { evaluate, requests, complaints } = page;
  check(requests.length === 1 && requests[0].startsWith('file:'), `${name}: requests ${requests}`);
  check(complaints.length === 0, `${name}: complaints ${complaints}`);
  const foreign = await evaluate(`[...document.querySelectorAll('*')].map((e) => e.localName).filter((name) => !['html', 'head', 'meta',
    'title', 'style', 'body', 'h1', 'h2', 'p', 'span', 'svg', 'path', 'circle', 'text', 'table', 'tbody', 'tr', 'th', 'td'].includes(name))`);
  check(foreign.length === 0, `${name}: elements ${foreign}`);
  const handlers = await evaluate(`[...document.querySelectorAll('*')].flatMap((e) => e.getAttributeNames())
    .filter((name) => /^on|^href$|^src$|^style$/.test(name))`);
  check(handlers.length === 0, `${name}: attributes ${handlers}`);
  await more(evaluate);
});

fs.mkdirSync(at('docs'));
const hostile = '</title></style></svg><script>document.title=1</script><img src="x.png" onerror=alert(1)>"\'&amp;\u202e';
// The glob that matches exactly these names.
const literally = (text) => text.replace(/[*?[\]{}\\]/g, '\\$&');
const old = `version = 1\n${grant('main.mjs', 'docs', '/docs', '"read"')}`;
fs.writeFileSync(at('old.policy.toml'), old);
fs.writeFileSync(at('new.policy.toml'), `${old}${grant(literally(hostile.replaceAll('/', '')) + '.mjs', 'docs', '/' + hostile.replaceAll('/', ''), '"read", "write"')}
[[deny]]\nto = "**"\nfs = [{ at = "/docs/secret/**" }]\n`);
let made = explain('--policy', 'new.policy.toml', '--html', 'page.html', '--since', 'old.policy.toml');
check(made.status === 0 && made.stdout === '', `${made.status} ${made.stdout}${made.stderr}`);
await look('page.html', async (evaluate) => {
  check(await evaluate('document.title') === 'new.policy.toml', `title ${await evaluate('document.title')}`);
  const visible = hostile.replaceAll('/', '').replace('\u202e', '<U+202E>');
  const text = await evaluate('document.body.textContent');
  check(text.includes('/' + visible), `the resource, as text: ${text}`);
  check(text.includes('/docs/secret/**'), 'the denial');
  const paths = await evaluate(`[...document.querySelectorAll('svg path')].map((p) => [p.getAttribute('class'), p.textContent])`);
  check(paths.length === 2, `paths ${JSON.stringify(paths)}`);
  check(paths.some(([kind, says]) => kind === 'reads part' && says.includes('/docs/secret/**')), `denied in part ${JSON.stringify(paths)}`);
  check(paths.some(([kind]) => kind === 'writes part wider' || kind === 'writes wider'), `wider ${JSON.stringify(paths)}`);
  check(await evaluate(`getComputedStyle(document.querySelector('path.wider')).stroke`) === 'rgb(224, 0, 48)', 'the style does not apply');
});

let many = 'version = 1\n';
for (let i = 0; i < 200; i++) {
  fs.mkdirSync(at(`data${i % 40}`), { recursive: true });
  many += grant(`modules/number${i}.mjs`, `data${i % 40}`, `/data/${i % 40}`, i % 7 ? '"read"' : '"read", "write"');
}
fs.writeFileSync(at('many.policy.toml'), many);
made = explain('--policy', 'many.policy.toml', '--html', 'many.html');
check(made.status === 0, made.stderr);
await look('many.html', async (evaluate) => {
  const labels = await evaluate(`[...document.querySelectorAll('svg text')].map((label) => {
    const { x, y, width, height } = label.getBoundingClientRect();
    return { x, y, width, height, text: label.firstChild.data, left: label.getAttribute('class') === 'end' };
  })`);
  const modules = labels.filter(({ left }) => left);
  check(modules.length === 200 && labels.length === 240, `labels ${labels.length}`);
  check(labels.every(({ x, width, height }) => width > 20 && height >= 9 && x >= 0 && x + width <= 1280), 'a label outside of the page');
  const overlap = (column) => column.slice(1).find((label, i) => label.y < column[i].y + column[i].height - 3);
  check(!overlap(modules) && !overlap(labels.filter(({ left }) => !left)), 'labels on each other');
  check(await evaluate(`document.querySelectorAll('svg path').length`) === 200, 'a line for each grant');
});

check(explain('--policy', 'many.policy.toml', '--html', 'gone/page.html').status === 2, 'no such folder');
check(explain('--policy', 'many.policy.toml', '--since', 'old.policy.toml').status === 2, '--since without a page');
check(explain('--policy', 'gone.policy.toml').status === 2, 'no such policy');
for (const fault of faults) console.error(`explain_page: ${fault}`);
process.exit(faults.length === 0 ? 0 : 1);
