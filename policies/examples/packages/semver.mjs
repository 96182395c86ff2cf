// The releases that a range takes, newest first.
import fs from 'runtime:fs';
import semver, { rsort } from 'semver';
import subset from 'semver/ranges/subset.js';

const versions = fs.readFileSync('/data/notes.md', 'utf8').match(/\b\d+\.\d+\.\d+(-\w+(\.\d+)?)?\b/g);
const taken = rsort(versions.filter((version) => semver.satisfies(version, '>=1.2 <3')));
fs.writeFileSync('/out/versions.txt', taken.join('\n'));
console.log(taken.join(), semver.major(taken[0]), subset('~1.2.3', '^1'));
