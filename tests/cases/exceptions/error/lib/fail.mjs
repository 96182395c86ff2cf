export function fail(why) {
  throw new TypeError(why);
}
