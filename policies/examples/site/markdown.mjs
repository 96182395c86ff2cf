// Markdown to HTML, with `marked` as it comes. Raw HTML in a page is shown as text, links between pages lead to the
// pages of the site, and only web and mail links lead elsewhere.
import { Marked } from 'marked';
import { escape } from './html.mjs';
import { outputPath, relativeLink, resolve } from './paths.mjs';

// As code hosts make them from headings.
function slug(text, taken) {
  const base = text.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-');
  let name = base;
  for (let count = 1; taken.has(name); count++) name = `${base}-${count}`;
  taken.add(name);
  return name;
}

// The text of inline tokens, without their mark-up.
function plain(tokens) {
  return tokens.map((token) => (token.tokens ? plain(token.tokens) : (token.text ?? ''))).join('');
}

// Where a link of the page `path` leads in the site; null for nowhere.
function target(href, path, isPage) {
  if (/^(https?|mailto):/i.test(href)) return href;
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(href)) return null;
  const found = resolve(path, href);
  if (found === null) return null;
  const page = [found.path, `${found.path}/README.md`, 'README.md'].find(
    (name, index) => isPage.has(name) && (index < 2 || found.path === ''),
  );
  return page === undefined ? null : relativeLink(outputPath(path), outputPath(page)) + found.fragment;
}

// { title, html, sections: [{ id, title }] } of the page `path`; `isPage` holds the paths of all pages.
export function render(markdown, path, isPage) {
  const taken = new Set();
  const sections = [];
  let title = path;
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        const text = plain(tokens);
        const id = slug(text, taken);
        if (depth === 1) title = text;
        if (depth === 2) sections.push({ id, title: text });
        return `<h${depth} id="${escape(id)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const inner = this.parser.parseInline(tokens);
        const to = target(href, path, isPage);
        return to === null ? `<span class="elsewhere">${inner}</span>` : `<a href="${escape(to)}">${inner}</a>`;
      },
      image({ text }) {
        return escape(text);
      },
      html({ text }) {
        return escape(text);
      },
    },
  });
  const html = marked.parse(markdown);
  return { title, html, sections };
}
