console.log(process.stdout.write('a'), process.stderr.write('e\n'));
process.stdout.write(new Uint8Array([0x62, 0x0a]));
process.stdout.write('YwpkCg==', 'base64');
process.stdout.write('x\n', () => console.log('written'));
process.stdout.end('end\n');
try { process.stdout.write(1); } catch (error) { console.log(error.code); }
