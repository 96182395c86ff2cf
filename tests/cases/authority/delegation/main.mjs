import { attempt, attemptLater } from './attempt.mjs';
import fs, { readFileSync } from 'runtime:fs';
import * as node from 'node:fs';
import holder, { folder, handle, readFile as lent, renamed, late, makeReader, env } from './lib/holder.mjs';
import * as user from './lib/user.mjs';
import { env as own } from 'runtime:job';
// Of this module, which has no grant: by every way to import.
attempt('own', () => fs.readFileSync('/docs/a', 'utf8'));
attempt('own, by name', () => readFileSync('/docs/a', 'utf8'));
attempt('own, alias', () => node.readFileSync('/docs/a', 'utf8'));
await attemptLater('own, dynamic', async () => (await import('fs')).readFileSync('/docs/a', 'utf8'));
// What the holder exports carries the holder's authority.
attempt('default', () => holder.readFileSync('/docs/a', 'utf8'));
attempt('named', () => lent('/docs/a', 'utf8').length);
attempt('renamed', () => renamed.readdirSync('/docs').join());
attempt('bound to another', () => lent.call(fs, '/docs/a', 'utf8'));
attempt('object', () => folder.readFileSync('a', 'utf8'));
await attemptLater('handle', async () => (await handle).readFile('utf8'));
await attemptLater('imported in its function', async () => (await late()).readFileSync('/docs/a', 'utf8'));
attempt('closure', () => makeReader('/docs/a')());
attempt('environment', () => [env.GREETING, own.GREETING]);
// Passed on to a third one, which has none either.
attempt('third', () => user.use(folder));
attempt('third, own', () => user.own());
// The holder's authority is no more than its own.
attempt('more', () => holder.writeFileSync('/docs/b', 'x'));
// The same module by another name is the same.
await attemptLater('once', async () => (await import('./lib/holder.mjs?again')).default === holder);
