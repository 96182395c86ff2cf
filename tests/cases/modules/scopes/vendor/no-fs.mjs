export default 'no file system here';
