export function look() {
  return Reflect.ownKeys(RegExp).map(String).sort().join() + ' ' + ['$1', '$2', '$9', '$_', 'input', 'lastMatch', '$&', 'lastParen', '$+', 'leftContext', 'rightContext'].map((key) => RegExp[key]).join('');
}
class Sub extends RegExp {}
export const lookAgain = () => Object.keys(Sub).join() + ['$1', 'input'].map((key) => Sub[key]).join('') + Object.getPrototypeOf(RegExp)['$1'];
