// Orders as comma-separated values, and back.
import fs from 'runtime:fs';
import Papa from 'papaparse';

const orders = JSON.parse(fs.readFileSync('/data/orders.json', 'utf8'));
fs.writeFileSync('/out/orders.csv', Papa.unparse(orders));
const { data, errors } = Papa.parse(fs.readFileSync('/out/orders.csv', 'utf8'), { header: true, dynamicTyping: true });
console.log(data.length, data[1].item, data[1].count, errors.length);
