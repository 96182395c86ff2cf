import { parent } from 'runtime:isolate';
for await (const message of parent) ;
