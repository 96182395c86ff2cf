'use strict';
// Part of the face: what stat and readdir give.

const kTypes = {
  __proto__: null, unknown: 0, file: 1, directory: 2, symlink: 3, fifo: 4, socket: 5, characterDevice: 6,
  blockDevice: 7,
};
class StatsBase {
  isDirectory() { return (Number(this.mode) & constants.S_IFMT) === constants.S_IFDIR; }
  isFile() { return (Number(this.mode) & constants.S_IFMT) === constants.S_IFREG; }
  isBlockDevice() { return (Number(this.mode) & constants.S_IFMT) === constants.S_IFBLK; }
  isCharacterDevice() { return (Number(this.mode) & constants.S_IFMT) === constants.S_IFCHR; }
  isSymbolicLink() { return (Number(this.mode) & constants.S_IFMT) === constants.S_IFLNK; }
  isFIFO() { return (Number(this.mode) & constants.S_IFMT) === constants.S_IFIFO; }
  isSocket() { return (Number(this.mode) & constants.S_IFMT) === constants.S_IFSOCK; }
}
// Fields are declared, so that no setter a job put on Object.prototype sees what goes in.
class Stats extends StatsBase {
  dev; mode; nlink; uid = 0; gid = 0; rdev = 0; blksize; ino; size; blocks; atimeMs; mtimeMs; ctimeMs; birthtimeMs;
  constructor(stat) {
    super();
    this.dev = stat.device;
    this.mode = stat.mode;
    this.nlink = stat.links;
    this.blksize = stat.blockSize;
    this.ino = stat.inode;
    this.size = stat.size;
    this.blocks = stat.blocks;
    this.atimeMs = stat.accessedMs;
    this.mtimeMs = stat.modifiedMs;
    this.ctimeMs = stat.changedMs;
    this.birthtimeMs = stat.bornMs;
  }
}
class BigIntStats extends StatsBase {
  dev; mode; nlink; uid = 0n; gid = 0n; rdev = 0n; blksize; ino; size; blocks; atimeMs; mtimeMs; ctimeMs; birthtimeMs;
  atimeNs; mtimeNs; ctimeNs; birthtimeNs;
  constructor(stat) {
    super();
    this.dev = BigInt(stat.device);
    this.mode = BigInt(stat.mode);
    this.nlink = BigInt(stat.links);
    this.blksize = BigInt(stat.blockSize);
    this.ino = BigInt(stat.inode);
    this.size = BigInt(stat.size);
    this.blocks = BigInt(stat.blocks);
    const ms = [stat.accessedMs, stat.modifiedMs, stat.changedMs, stat.bornMs];
    const names = ['atime', 'mtime', 'ctime', 'birthtime'];
    for (let i = 0; i < 4; i++) this[names[i] + 'Ms'] = BigInt(MathFloor(ms[i]));
    for (let i = 0; i < 4; i++) this[names[i] + 'Ns'] = BigInt(MathRound(ms[i] * 1e6));
  }
}
function setOwn(target, name, value) {
  ObjectDefineProperty(target, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
}
const times = ['atime', 'mtime', 'ctime', 'birthtime'];
for (let i = 0; i < times.length; i++) {
  const name = times[i];
  const date = {
    __proto__: null,
    enumerable: true,
    configurable: true,
    get() {
      const value = new Date(MathRound(Number(this[name + 'Ms'])));
      setOwn(this, name, value);
      return value;
    },
    set(value) { setOwn(this, name, value); },
  };
  ObjectDefineProperty(Stats.prototype, name, date);
  ObjectDefineProperty(BigIntStats.prototype, name, date);
}
function statsOf(options) {
  return optionsOf(options).bigint ? (result) => new BigIntStats(result.stat) : (result) => new Stats(result.stat);
}

class Dirent {
  name;
  parentPath;
  #type;
  constructor(name, type, parentPath) {
    this.name = name;
    this.parentPath = parentPath;
    this.#type = type;
  }
  isDirectory() { return this.#type === kTypes.directory; }
  isFile() { return this.#type === kTypes.file; }
  isBlockDevice() { return this.#type === kTypes.blockDevice; }
  isCharacterDevice() { return this.#type === kTypes.characterDevice; }
  isSymbolicLink() { return this.#type === kTypes.symlink; }
  isFIFO() { return this.#type === kTypes.fifo; }
  isSocket() { return this.#type === kTypes.socket; }
}
