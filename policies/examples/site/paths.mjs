// Where pages are, and how they name each other. Paths have no leading slash.

// README.md is the index of its folder.
export function outputPath(path) {
  return path.replace(/(^|\/)README\.md$/, '$1index.html').replace(/\.md$/, '.html');
}

// The link from the file `from` to the file `to`.
export function relativeLink(from, to) {
  const start = from.split('/').slice(0, -1);
  const end = to.split('/');
  while (start.length > 0 && end.length > 1 && start[0] === end[0]) {
    start.shift();
    end.shift();
  }
  return '../'.repeat(start.length) + end.map(encodeURIComponent).join('/');
}

// `reference` as the page `path` writes it, resolved: { path, fragment }; null where it leads out of the site.
export function resolve(path, reference) {
  const [, target, fragment] = /^([^#]*)(#.*)?$/s.exec(reference);
  const segments = target === '' ? path.split('/') : path.split('/').slice(0, -1);
  for (const segment of target === '' ? [] : decodeURI(target).split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined) return null;
  }
  return { path: segments.join('/'), fragment: fragment ?? '' };
}
