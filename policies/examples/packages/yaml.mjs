// YAML to JSON.
import fs from 'runtime:fs';
import { parse } from 'yaml';

const people = parse(fs.readFileSync('/data/people.yaml', 'utf8'));
fs.writeFileSync('/out/people.json', JSON.stringify(people, null, 2));
console.log(`${people.length} people, the first is ${people[0].name}`);
