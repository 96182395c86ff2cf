const conf = require('./conf.json');
module.exports = () => [conf.path, conf.deep[0].list.length, require('./conf.json') === conf];
