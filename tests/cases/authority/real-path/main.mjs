import { attempt } from './attempt.mjs';
for (const name of ['./granted/link.mjs', './lib/plain.mjs', './out.mjs', './folder/real.mjs', './granted/real.mjs?x', './granted/../granted/real.mjs', './Granted/real.mjs']) {
  const { url, read } = await import(name);
  attempt(`${name} ${url}`, read);
}
