import fs from 'runtime:fs';
const root = fs.dir('/docs');
const code = (action) => {
  try {
    return action();
  } catch (error) {
    return error.reason ?? error.code;
  }
};
let chain = root;
let middle;
for (let i = 0; i < 15_000; i++) {
  chain = i % 700 === 0 ? chain.budget({ calls: 1e9 }) : i % 2 ? chain.only('read') : chain.until(4e9);
  if (i === 7_000) middle = chain;
}
console.log('chain:', 15_000, code(() => chain.readFileSync('a', 'utf8')));
const crowd = [];
console.log('crowd:', code(() => { for (;;) crowd.push(root.until(1e9 + crowd.length)); }), crowd.length > 600 && crowd.length < 8_192);
console.log('last:', code(() => crowd.at(-1).readFileSync('a', 'utf8')));
const folders = [];
console.log('folders:', code(() => { for (;;) folders.push(root.subdir('.')); }));
root.revoke();
console.log('revoked:', ...[chain, middle, crowd[0], crowd.at(-1), folders[0]].map((one) => code(() => one.readFileSync('a', 'utf8'))));
const last = fs.dir('/docs');
let made = 0;
console.log('rest:', code(() => { for (;; made++) last.readOnly(); }), made > 20_000 && made < 66_000);
last.revoke();
console.log('end:', code(() => last.readFileSync('a', 'utf8')));
