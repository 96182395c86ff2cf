const deep = (n) => (n === 0 ? new Error('deep').stack.split('\n').length : deep(n - 1));
const thrown = (n) => {
  if (n > 0) return thrown(n - 1);
  try {
    return null.x;
  } catch (error) {
    return error.stack.split('\n').length;
  }
};
const saved = Error.stackTraceLimit;
Error.stackTraceLimit = 50;
export const work = () => `${deep(30)} ${thrown(30)} ${new TypeError('x') instanceof Error} ${Object.getPrototypeOf(TypeError) === Error} ${Error('y').message} ${Error('y', { cause: 1 }).cause}`;
Error.stackTraceLimit = saved;
