import fs from 'runtime:fs'; console.log(fs.readFileSync('/x/f', 'utf8'));
