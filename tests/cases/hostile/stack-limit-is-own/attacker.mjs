import { change } from './loot.mjs';
change('assigned', () => { Error.stackTraceLimit = 0; });
change('assigned', () => { Error.stackTraceLimit = { valueOf() { return 1; } }; });
change('inherited', () => { TypeError.stackTraceLimit = 0; });
change('defined', () => { Object.defineProperty(Error, 'stackTraceLimit', { value: 0 }); });
change('deleted', () => { delete Error.stackTraceLimit; });
console.log(Error.stackTraceLimit);
