import fs from 'runtime:fs';
const own = fs.dir('/docs');
const { prototype } = own.constructor;
async function attempt(label, action) {
  try {
    console.log(`${label}: ${await action()}`);
  } catch (error) {
    console.log(`${label}: ${error.reason ?? (error.code ?? `${error.name} ${error.code}`)}`);
  }
}
export async function spend(lent) {
  console.log('lent:', lent.readFileSync('secret.txt', 'utf8'));
  const handle = await lent.open('secret.txt');
  const chunks = handle[Symbol.asyncIterator]();
  const derived = [lent.budget({ calls: 2 ** 53 - 1, perSecond: 1_000_000 }), lent.only('read', 'list'), lent.subdir('.')];
  const labels = ['budget of more', 'only of it', 'folder of it'];
  for (let i = 0; i < 3; i++) await attempt(labels[i], () => derived[i].readFileSync('secret.txt', 'utf8'));
  await attempt('proxy', () => new Proxy(lent, { get: (target, key) => target[key].bind(target) }).readFileSync('secret.txt', 'utf8'));
  await attempt('heir', () => Object.create(lent).readFileSync('secret.txt', 'utf8'));
  await attempt('method of the class', () => prototype.readFileSync.call(lent, 'secret.txt', 'utf8'));
  await attempt('method with own folder', () => lent.readFileSync.call(own, 'bait.txt', 'utf8'));
  await attempt('handle of before', () => handle.readFile('utf8'));
  await attempt('chunks of before', () => chunks.next());
  await attempt('own terms do not help', () => prototype.budget.call(lent, { calls: 5 }).readFileSync('secret.txt', 'utf8'));
  await attempt('own promises', () => Object.getOwnPropertyDescriptor(prototype, 'promises').get.call(lent).readFile('secret.txt', 'utf8'));
  await attempt('nested deeper than allowed', () => {
    for (let made = lent; ;) made = made.budget({ calls: 1000 });
  });
}
let kept;
export async function keep(lent) {
  kept = {
    longer: lent.until(2 ** 32 - 1), grandchild: lent.subdir('.').until(100_000).readOnly().until(2 ** 32 - 1),
    budgeted: lent.budget({ calls: 1000 }), bound: lent.readFileSync.bind(lent), handle: await lent.until(100_000).open('secret.txt'), lent,
  };
}
export async function use() {
  await attempt('longer child', () => kept.longer.readFileSync('secret.txt'));
  await attempt('longer grandchild', () => kept.grandchild.readFileSync('secret.txt'));
  await attempt('budgeted child', () => kept.budgeted.promises.readFile('secret.txt'));
  await attempt('bound', () => kept.bound('secret.txt'));
  await attempt('handle of longer', () => kept.handle.readFile('utf8'));
  await attempt('asked late', () => kept.lent.until(1000).readFileSync('secret.txt'));
  await attempt('revived by own folder', () => {
    own.revoke();
    return own.until(1000).readFileSync('bait.txt');
  });
}
