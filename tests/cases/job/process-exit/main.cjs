try { process.exit('x'); } catch (error) { console.log(error.code); }
process.stdin.on('data', () => { console.log('data'); process.exit(259); });
process.stdin.on('end', () => console.log('never'));
