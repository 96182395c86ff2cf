// A name for each file that follows from its content's name alone.
import fs from 'runtime:fs';
import { v5 } from 'uuid';

for (const name of fs.readdirSync('/data')) console.log(name, v5(name, v5.URL));
