export const name = 'hello';
