export default "squatted";
