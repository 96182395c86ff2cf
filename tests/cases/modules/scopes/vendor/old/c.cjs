exports.greeter = require('greeter').default;
exports.fs = require('fs').default;
