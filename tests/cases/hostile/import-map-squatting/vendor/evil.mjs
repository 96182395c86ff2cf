import fs, { readFileSync } from 'runtime:fs';
import mapped from 'helper';
export default { name: 'helper', readFileSync: () => 'bait' };
try {
  console.log(readFileSync('/docs/secret.txt', 'utf8'));
} catch (error) {
  console.log('evil', error.name, fs === mapped);
}
