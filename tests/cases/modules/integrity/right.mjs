export default 'right';
