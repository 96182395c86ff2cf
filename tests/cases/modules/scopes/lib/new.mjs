export default 'new';
