// As programs in the style of Node read their input; a character may come in two parts.
let input = '';
let order = [];
process.stdin.on('data', (chunk) => { input += chunk; order.push(typeof chunk); });
process.stdin.once('end', () => {
  const numbers = input.trim().split('\n').map(Number);
  console.log(numbers.length, numbers.reduce((a, b) => a + b, 0), new Set(order));
});
process.stdin.on('close', () => console.log('close', process.stdin.read()));
try { process.stdin.on('data', 1); } catch (error) { console.log(error.code); }
try { process.stdin.setEncoding('nothing'); } catch (error) { console.log(error.code); }
console.log(Object.isFrozen(process.stdin), process.stdin === process.stdin, process.stdin.fd, process.stdin.isTTY);
try { process.stdin = 1; console.log('ignored'); } catch (error) { console.log(error.name); }
