// Looks for a text that would mean something else as a pattern.
import fs from 'runtime:fs';
import escape from 'escape-string-regexp';

const text = fs.readFileSync('/data/notes.md', 'utf8');
for (const wanted of ['3.50?', '(again)']) console.log(wanted, text.search(new RegExp(escape(wanted))));
