import './lib/a/one.mjs';
import './lib/two.mjs';
