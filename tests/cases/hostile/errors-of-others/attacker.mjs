import { change } from './loot.mjs';
export function spoil(error) {
  change(`${error.name} message`, () => { error.message = 'changed'; });
  change(`${error.name} class`, () => { error.constructor.prototype.name = 'Changed'; });
  change(`${error.name} class code`, () => { Object.defineProperty(Object.getPrototypeOf(error), 'code', { value: 'CHANGED' }); });
  change(`${error.name} parent`, () => { Object.setPrototypeOf(Object.getPrototypeOf(error), {}); });
  change(`${error.name} capture`, () => { error.constructor.captureStackTrace = () => {}; });
  change(`${error.name} has instance`, () => { Object.defineProperty(error.constructor, Symbol.hasInstance, { value: () => true }); });
  return Object.entries(error).join(' ');
}
