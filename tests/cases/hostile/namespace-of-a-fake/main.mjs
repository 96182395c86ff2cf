import fake, * as star from './fake.mjs';
import { lend, work } from './victim.mjs';
const attempt = (action) => {
  try {
    return action();
  } catch (error) {
    return error.name;
  }
};
console.log(attempt(() => fake.readFileSync('/docs/secret.txt')), attempt(() => star.statSync('/docs/secret.txt')), attempt(() => fake.statSync('/docs/secret.txt')));
// A copy, an heir and a spread of what was lent are the lender's functions, as delegated; the lender's own stay.
const heir = Object.create(lend(), { readFileSync: { value: () => 'mine' } });
const copy = { ...lend(), readFileSync: () => 'mine' };
console.log(heir.readFileSync('x'), copy.readFileSync('x'), copy.statSync('/docs/secret.txt').size, work());
