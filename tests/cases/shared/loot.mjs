// For hostile cases: what an attacker saw. `take` keeps all that a trap was given; whatever has the secret in it, or looks
// like a token or a handle of somebody, is loot.
const { apply, ownKeys, getPrototypeOf } = Reflect;
const taken = [];
let open = false;

export function take(...values) {
  if (open) for (let i = 0; i < values.length; i++) taken[taken.length] = values[i];
}
export function opening() { open = true; }

function isLoot(value) {
  if (typeof value === 'string') return value.includes('s3cret') || value.includes('/docs');
  if (Object(value) !== value) return false;
  if (ArrayBuffer.isView(value)) return isLoot(String.fromCharCode(...new Uint8Array(value.buffer)));
  if (typeof value === 'object' && Object.isFrozen(value) && getPrototypeOf(value) === null && ownKeys(value).length === 0) return true;
  return ['FileHandle', 'Directory'].includes(value[Symbol.toStringTag]);
}

// Ends the attack.
export function report() {
  open = false;
  let found = 0;
  for (const value of taken) if (isLoot(value) || (Array.isArray(value) && value.some(isLoot))) found++;
  console.log(`loot: ${found}`);
}

// One line: how the change was refused.
export function change(label, action) {
  try {
    action();
    console.log(`${label}: done`);
  } catch (error) {
    console.log(`${label}: ${error.name}`);
  }
}

// Puts a spy in the place of a method in three ways; one line.
export function patch(label, owner, key) {
  const original = owner[key];
  const spy = function (...args) {
    take(this, args, ...args);
    const result = apply(original, this, args);
    take(result);
    return result;
  };
  const ways = [
    () => { owner[key] = spy; },
    () => { Object.defineProperty(owner, key, { value: spy }); },
    () => { delete owner[key]; },
    () => { Object.defineProperty(owner, key, { get() { take(this); return spy; } }); },
  ];
  const answers = new Set();
  for (const way of ways) {
    try {
      way();
      answers.add('done');
    } catch (error) {
      answers.add(error.name);
    }
  }
  console.log(`${label}: ${[...answers].join()}${owner[key] === original ? '' : ' CHANGED'}`);
}
