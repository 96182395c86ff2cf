import * as real from 'runtime:fs';
export * from 'runtime:fs';
export const readFileSync = (...args) => `fake ${args.join()}`;
export default { ...real.default, readFileSync };
