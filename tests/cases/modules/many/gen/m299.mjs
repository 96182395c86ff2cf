export const sum = 299;
