import { name } from 'greeter';
import { deep } from 'lib/deep.mjs';
console.log(name, deep);
await import('absent').catch((error) => console.log(error.code));
await import('lib/../greeter/index.mjs').catch((error) => console.log('climbs:', error.name));
