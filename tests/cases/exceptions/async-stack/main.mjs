async function inner() {
  await null;
  throw new Error('deep');
}
async function outer() {
  await inner();
}
await outer();
