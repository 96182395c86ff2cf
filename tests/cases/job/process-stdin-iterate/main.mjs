let text = '';
for await (const chunk of process.stdin) text += chunk;
console.log(text);
for await (const chunk of process.stdin) console.log('again', chunk);
