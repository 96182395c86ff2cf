// The frame of a page.
import { escape } from './html.mjs';

function navigation(links) {
  const items = links.map(
    ({ title, href, current }) =>
      `<li><a href="${escape(href)}"${current ? ' aria-current="page"' : ''}>${escape(title)}</a></li>`,
  );
  return `<nav aria-label="Pages">\n<ul>\n${items.join('\n')}\n</ul>\n</nav>`;
}

function contents(sections) {
  if (sections.length < 2) return '';
  const items = sections.map(({ id, title }) => `<li><a href="#${encodeURIComponent(id)}">${escape(title)}</a></li>`);
  return `<details class="contents"><summary>On this page</summary>\n<ul>\n${items.join('\n')}\n</ul>\n</details>\n`;
}

// `page` is { title, html, sections }; `html` is trusted to be HTML, all else is text.
export function layout(page, links, style) {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self' file:">
<title>${escape(page.title)}</title>
<link rel="stylesheet" href="${escape(style)}">
<body>
${navigation(links)}
<main>
${contents(page.sections)}${page.html}</main>
</body>
</html>
`;
}

export const stylesheet = `:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: light-dark(#0b57d0, #8ab4f8); }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.6 system-ui, sans-serif; display: grid; grid-template-columns: 16rem minmax(0, 1fr); }
nav { padding: 2rem 1rem; border-right: 1px solid var(--line); min-height: 100vh; }
nav ul { list-style: none; margin: 0; padding: 0; position: sticky; top: 2rem; }
nav a { display: block; padding: .3rem .6rem; border-radius: .3rem; text-decoration: none; color: inherit; overflow-wrap: anywhere; }
nav a:hover { background: var(--soft); }
nav a[aria-current] { background: var(--soft); font-weight: 600; }
main { padding: 2rem clamp(1rem, 4vw, 4rem); max-width: 62rem; }
h1, h2, h3 { line-height: 1.25; margin: 2em 0 .6em; }
h1 { margin-top: 0; }
h2 { border-bottom: 1px solid var(--line); padding-bottom: .2em; }
a { color: var(--accent); }
.elsewhere { border-bottom: 1px dotted currentColor; }
.contents { float: right; margin: 0 0 1rem 1.5rem; padding: .5rem 1rem; background: var(--soft); border-radius: .4rem; font-size: .9em; }
.contents ul { margin: .3rem 0; padding-left: 1.1rem; }
code { font: .88em ui-monospace, monospace; background: var(--soft); padding: .1em .3em; border-radius: .25em; }
pre { overflow-x: auto; padding: .8rem 1rem; background: var(--soft); border-radius: .4rem; }
pre code { padding: 0; background: none; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border: 1px solid var(--line); padding: .35rem .7rem; text-align: left; vertical-align: top; }
blockquote { margin: 1em 0; padding-left: 1em; border-left: 3px solid var(--line); }
@media (max-width: 50rem) {
  body { display: block; }
  nav { min-height: 0; border-right: 0; border-bottom: 1px solid var(--line); padding: 1rem; }
  .contents { float: none; margin: 0 0 1rem; }
}
`;
