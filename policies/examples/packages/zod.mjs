// Orders, checked before they are used.
import fs from 'runtime:fs';
import * as z from 'zod';

const Orders = z.array(z.object({ customer: z.string(), item: z.string(), count: z.number().int().positive() }));
const orders = Orders.parse(JSON.parse(fs.readFileSync('/data/orders.json', 'utf8')));
console.log(`${orders.length} orders are as they should be`);
console.log(Orders.safeParse([{ customer: 'Ada', item: 'oil', count: -1 }]).success);
