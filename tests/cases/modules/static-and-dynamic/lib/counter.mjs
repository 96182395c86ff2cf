export let counter = 0;
export function next() { counter++; }
