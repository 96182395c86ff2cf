export default 'tampered with';
