export { default } from 'greeter';
