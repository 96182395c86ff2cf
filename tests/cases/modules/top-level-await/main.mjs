import { ready } from './slow.mjs';
console.log('main', ready);
console.log(await new Promise((resolve) => setTimeout(resolve, 5, 'waited')));
