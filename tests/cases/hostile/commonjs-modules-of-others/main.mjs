import victim from 'victim';
import * as odd from 'odd';
import proxied, { name, other } from 'proxied';
import revoked, { name as revokedName } from 'revoked';
import getter, { name as got } from 'getter';
import * as round from 'round';

console.log(victim.before, victim.text, victim.attacker, victim.after);
console.log(await import('odd'));
console.log(Object.keys(odd).filter((key) => /^[a-z]/.test(key)).sort().join(), odd.hasOwnProperty);
console.log(name, other, proxied.name === 'got name');
console.log(typeof revoked, revokedName === undefined);
console.log(typeof got, typeof getter.name === 'number');
console.log(Object.keys(round).filter((key) => key.length === 1).join());
