export default 'shares';
