export let value = 1;
export default 'd';
