export function report(value) {
  console.log('reported', value);
  return value + 100;
}
