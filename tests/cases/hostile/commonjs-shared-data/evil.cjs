// What it can change is its own: the value that others import, or require, and the names that they look for.
const say = (what, action) => {
  try {
    console.log(what, action());
  } catch (error) {
    console.log(what, error.name);
  }
};
const conf = require('./conf.json');
conf.path = '/docs/other';
conf.deep[0].list.push('mine');
say('own:', () => require('./conf.json').path);
for (const name of ['require', 'module', 'exports', 'define', '__filename', '__dirname']) {
  say(name, () => { 'use strict'; globalThis[name] = () => 'stolen'; });
  say(name, () => Object.defineProperty(globalThis, name, { value: () => 'stolen' }));
}
import('./conf.json', { with: { type: 'json' } }).then((namespace) => {
  'use strict';
  const imported = namespace.default;
  say('imported:', () => { imported.path = '/docs/other'; });
  say('imported:', () => imported.deep[0].list.push('mine'));
});
