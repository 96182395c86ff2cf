// line 1
import { fail } from './lib/fail.mjs';

function outer() {
  fail('broken');
}
outer();
