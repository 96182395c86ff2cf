// Builds the site: finds the pages, reads them, has them rendered by modules that have no authority, writes the result.
import fs from 'runtime:fs';
import { layout, stylesheet } from './layout.mjs';
import { render } from './markdown.mjs';
import { outputPath, relativeLink } from './paths.mjs';

// Guest paths. Beneath a folder, every Markdown file is a page.
const sources = {
  files: ['README.md', 'SECURITY.md', 'worker/README.md', 'policies/examples/site/README.md'],
  folders: ['ipc', 'loader', 'supervisor', 'policies/examples/hostile-dependency'],
};

async function markdownBeneath(folder) {
  const names = await fs.promises.readdir(`/pages/${folder}`, { recursive: true });
  return names.filter((name) => name.endsWith('.md')).map((name) => `${folder}/${name}`);
}

const found = await Promise.all(sources.folders.map(markdownBeneath));
const paths = [...sources.files, ...found.flat().sort()];
const isPage = new Set(paths);

const pages = await Promise.all(
  paths.map(async (path) => {
    const text = await fs.promises.readFile(`/pages/${path}`, 'utf8');
    return { path, output: outputPath(path), ...render(text, path, isPage) };
  }),
);

let bytes = 0;
async function write(path, text) {
  const folder = path.slice(0, path.lastIndexOf('/'));
  if (folder !== '') await fs.promises.mkdir(`/out/${folder}`, { recursive: true });
  await fs.promises.writeFile(`/out/${path}`, text);
  bytes += text.length;
}

await write('style.css', stylesheet);
for (const page of pages) {
  const links = pages.map((other) => ({
    title: other.title,
    href: relativeLink(page.output, other.output),
    current: other === page,
  }));
  await write(page.output, layout(page, links, relativeLink(page.output, 'style.css')));
}
console.log(`${pages.length} pages, ${Math.round(bytes / 1024)} KiB, in out/index.html`);
