import { grants } from 'runtime:isolate';
console.log(await grants.data.readFile('a.txt', 'utf8'));
