const url = new URL('../c/d?q=1&q=2#h', 'https://user:pass@exa\u00e4mple.com:8080/a/b/');
console.log(url.href, url.origin, url.host, url.pathname, url.search, url.hash, url.username);
url.searchParams.append('z', 'a b&c');
url.pathname = '/x y';
console.log(String(url), [...url.searchParams]);
console.log(URL.canParse('nope'), URL.canParse('a', 'http://b'));
try { new URL('nope'); } catch (error) { console.log(error.name, error.code); }
const params = new URLSearchParams({ b: '2', a: '1' });
params.sort();
console.log(params.toString(), params.has('a'), params.get('none'), params.size);
console.log(url);
