const fs = require('fs');
const bytes = fs.readFileSync(0);
console.log(bytes.toString().trim().split('\n').length, bytes.toString('utf8', 0, 3), bytes.toString('hex', 0, 2), bytes instanceof Uint8Array);
// It has been read.
console.log(JSON.stringify(fs.readFileSync('/dev/stdin', 'utf8')));
try { fs.readFileSync(1); } catch (error) { console.log(error.code); }
try { fs.readFileSync('/dev/stdout'); } catch (error) { console.log(error.code); }
