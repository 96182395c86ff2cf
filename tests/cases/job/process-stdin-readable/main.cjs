process.stdin.setEncoding('utf8');
let all = '';
process.stdin.on('readable', () => {
  for (let chunk; (chunk = process.stdin.read()) !== null;) all += chunk;
});
process.stdin.on('end', () => console.log(all.length, all.startsWith('€ä€'), [...new Set(all)].join('')));
