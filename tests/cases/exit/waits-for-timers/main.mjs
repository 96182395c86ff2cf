setTimeout(() => console.log('second'), 20);
console.log('first');
