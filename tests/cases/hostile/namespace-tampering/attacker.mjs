import * as victim from './victim.mjs';
import * as fs from 'runtime:fs';
import * as promises from 'fs/promises';
import * as job from 'runtime:job';
const spy = () => 'spied';
export function tamper() {
  for (const [label, object, keys] of [
    ['victim', victim, ['work', 'helper', 'default', 'more']], ['victim default', victim.default, ['read']], ['fs', fs, ['readFileSync', 'default', 'more']], ['fs default', fs.default, ['readFileSync', 'promises', 'more']],
    ['promises', promises, ['readFile', 'default']], ['promises default', promises.default, ['readFile', 'more']], ['a function', fs.readFileSync, ['call', 'more']], ['constants', fs.constants, ['O_RDONLY', 'more']],
    ['job', job, ['env', 'exit']], ['job default', job.default, ['env', 'stdin', 'more']], ['env', job.env, ['HOME']], ['args', job.args, ['0', 'length']], ['stdin', job.stdin, ['readAll', Symbol.asyncIterator]], ['exit', job.exit, ['call']],
  ]) {
    const answers = new Set();
    const attempt = (name, action) => {
      try {
        action();
        answers.add(`${name} done`);
      } catch (error) {
        answers.add(error.name);
      }
    };
    for (const key of keys) {
      attempt('set', () => { object[key] = spy; });
      attempt('define', () => { Object.defineProperty(object, key, { value: spy }); });
      if (Object.hasOwn(object, key)) attempt('delete', () => { delete object[key]; });
    }
    attempt('parent', () => { Object.setPrototypeOf(object, { readFileSync: spy }); });
    console.log(`${label}: ${[...answers].join()}`);
  }
}
