export default 'you';
