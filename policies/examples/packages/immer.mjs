// A changed copy of the orders; what was read stays as it was.
import fs from 'runtime:fs';
import { produce } from 'immer';

const orders = JSON.parse(fs.readFileSync('/data/orders.json', 'utf8'));
const more = produce(orders, (draft) => { draft[0].count += 1; });
fs.writeFileSync('/out/orders.json', JSON.stringify(more));
console.log(orders[0].count, more[0].count, orders[1] === more[1]);
