console.log('slow starts');
export const ready = await new Promise((resolve) => setTimeout(resolve, 10, true));
console.log('slow ends');
