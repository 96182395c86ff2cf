import names, * as all from 'names';
import whole, { part } from './node_modules/whole/w.cjs';
import * as star from 'star';
import user from 'user';

const own = (namespace) => Object.keys(namespace).filter((name) => name !== 'module.exports')
    .sort((a, b) => (a === 'default' ? -1 : b === 'default' ? 1 : a < b ? -1 : 1)).join();
const { thrown, ...plain } = Object.getOwnPropertyDescriptors(names);
console.log(Object.fromEntries(Object.keys(plain).map((name) => [name, names[name]])), own(all), all.a, all['b-c'],
            all.d, all.thrown);
console.log(whole(), part, whole.default);
console.log(star.data, star.one, star.two, star.folder.join(), star.up);
console.log(own(star), all['module.exports'] === undefined || all['module.exports'] === names);
console.log(user.whole, user.fs, user.sloppy, user.has, (await user.import()).default);
