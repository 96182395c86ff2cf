import who from 'who';
export default () => `Hello ${who}`;
