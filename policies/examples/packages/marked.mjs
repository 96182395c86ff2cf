// Markdown to HTML.
import fs from 'runtime:fs';
import { marked } from 'marked';

fs.writeFileSync('/out/notes.html', marked.parse(fs.readFileSync('/data/notes.md', 'utf8')));
console.log(fs.readFileSync('/out/notes.html', 'utf8').split('\n')[0]);
