// Orders by customer; the package is more than 600 modules.
import fs from 'runtime:fs';
import { groupBy, mapValues, sumBy } from 'lodash-es';

const orders = JSON.parse(fs.readFileSync('/data/orders.json', 'utf8'));
console.log(JSON.stringify(mapValues(groupBy(orders, 'customer'), (list) => sumBy(list, 'count'))));
