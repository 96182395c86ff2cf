import conf from './conf.json' with { type: 'json' };
export const work = () => [conf.path, conf.deep[0].list.length, typeof require, typeof module, typeof define];
