module.exports = 'tampered with';
