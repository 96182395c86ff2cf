export default 'old';
