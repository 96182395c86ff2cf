const again = () => Promise.resolve().then(again);
again();
setTimeout(() => console.log('never'), 1);
