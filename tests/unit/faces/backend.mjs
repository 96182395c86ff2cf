// fs.capnp answered from a folder of this machine, so that the face of fs can be compared with node:fs. Only as much
// of the door as a face can see: tokens, pieces of at most 256 KiB, wire errors.
import fs from 'node:fs';
import path from 'node:path';

const kMost = 256 * 1024;
const kinds = [['isFile', 'file'], ['isDirectory', 'directory'], ['isSymbolicLink', 'symlink'], ['isFIFO', 'fifo'], ['isSocket', 'socket']];
const typeOf = (stats) => (kinds.find(([test]) => stats[test]()) ?? ['', 'unknown'])[1];

export function makeBackend(root, runtime, { firstRead = kMost, shortReads = false, handles = 64, listing = 1000 } = {}) {
  const objects = new Map();
  const calls = [];
  let live = 0;
  const { global } = runtime;
  const view = { view: true };
  objects.set(view, { root });
  const fault = (code, more = {}) => ({ wire: { code, capability: '', right: '', resource: '', message: '', ...more } });
  function mint(object) {
    if (object.fd !== undefined || object.entries) {
      if (live >= handles) throw fault('EMFILE');
      live++;
    }
    const token = {};
    objects.set(token, object);
    return token;
  }
  const host = ({ base, text }) => {
    const object = objects.get(base);
    if (!object) throw fault('EBADF');
    return path.join(object.root, text);
  };
  const file = ({ token }) => {
    const object = objects.get(token);
    if (!object || object.fd === undefined) throw fault('EBADF');
    return object;
  };
  const bytesOf = (buffer) => {
    const bytes = new global.Uint8Array(buffer.length);
    bytes.set(buffer);
    return bytes;
  };
  const stat = (s) => ({
    type: typeOf(s), mode: s.mode, device: s.dev, inode: s.ino, links: s.nlink, size: s.size, blockSize: s.blksize,
    blocks: s.blocks, accessedMs: s.atimeMs, modifiedMs: s.mtimeMs, changedMs: s.ctimeMs, bornMs: s.birthtimeMs,
  });
  const open = (flags) => ({ path: at, exclusive = false, mode = 0o666 }) => {
    const x = exclusive ? flags.replace(/^(.)/, '$1x') : flags;
    const name = host(at);
    if (fs.existsSync(name) && fs.statSync(name).isDirectory()) throw fault('EISDIR');
    const fd = fs.openSync(name, x, mode);
    return { file: mint({ fd, position: 0, append: flags[0] === 'a' }) };
  };
  const list = (folder, recursive) => {
    const out = [];
    const queue = [''];
    while (queue.length > 0) {
      const prefix = queue.shift();
      const names = fs.readdirSync(path.join(folder, prefix), { withFileTypes: true })
        .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
      for (const entry of names) {
        const name = prefix === '' ? entry.name : prefix + '/' + entry.name;
        out.push({ name, type: typeOf(entry) });
        if (recursive && entry.isDirectory()) queue.push(name);
      }
    }
    return out;
  };
  const release = ({ token }) => {
    const object = objects.get(token);
    if (!object || (object.fd === undefined && !object.entries)) throw fault('EBADF');
    objects.delete(token);
    live--;
    if (object.fd !== undefined) fs.closeSync(object.fd);
    return object;
  };
  const methods = {
    readFile({ path: at }) {
      const fd = fs.openSync(host(at), 'r');
      const { size } = fs.fstatSync(fd);
      const buffer = Buffer.alloc(Math.min(size, firstRead));
      const read = fs.readSync(fd, buffer, 0, buffer.length, 0);
      let rest = null;
      if (read < size) rest = mint({ fd, position: 0 });
      else fs.closeSync(fd);
      return { bytes: bytesOf(buffer.subarray(0, read)), size, rest };
    },
    stat: ({ path: at }) => ({ stat: stat(fs.statSync(host(at))) }),
    lstat: ({ path: at }) => ({ stat: stat(fs.lstatSync(host(at))) }),
    access: ({ path: at, mode }) => fs.accessSync(host(at), mode),
    readlink: ({ path: at }) => ({ target: fs.readlinkSync(host(at)) }),
    realpath: ({ path: at }) => ({ path: fs.realpathSync(host(at)).slice(root.length) || '/' }),
    readdir({ path: at, recursive = false }) {
      const entries = list(host(at), recursive);
      const first = entries.splice(0, listing);
      return { entries: first, rest: entries.length > 0 ? mint({ entries }) : null };
    },
    readdirMore({ listing: handle }) {
      const object = objects.get(handle.token);
      const entries = object.entries.splice(0, listing);
      const done = object.entries.length === 0;
      if (done) release(handle);
      return { entries, done };
    },
    openRead: open('r'), openReadWrite: open('r+'), openWrite: open('w'), openWriteRead: open('w+'),
    openAppend: open('a'), openAppendRead: open('a+'),
    read({ file: handle, length, position = -1 }, context) {
      const object = file(handle);
      if (length > kMost) length = kMost;
      if (shortReads && length > 1) length = Math.ceil(length / 3);
      const buffer = Buffer.alloc(length);
      const read = fs.readSync(object.fd, buffer, 0, length, position < 0 ? object.position : position);
      if (position < 0) object.position += read;
      if (context.into) {
        context.into.set(buffer.subarray(0, read), context.at ?? 0);
        return { bytes: read };
      }
      return { bytes: bytesOf(buffer.subarray(0, read)) };
    },
    write({ file: handle, bytes, position = -1 }) {
      const object = file(handle);
      if (bytes.length > kMost) throw fault('EINVAL');
      const written = fs.writeSync(object.fd, Buffer.from(bytes), 0, bytes.length,
                                   object.append ? null : position < 0 ? object.position : position);
      if (position < 0) object.position += written;
      return { written };
    },
    fileStat: ({ file: handle }) => ({ stat: stat(fs.fstatSync(file(handle).fd)) }),
    fileTruncate: ({ file: handle, length }) => fs.ftruncateSync(file(handle).fd, length),
    fileUtimes: ({ file: handle, accessedMs, modifiedMs }) => fs.futimesSync(file(handle).fd, accessedMs / 1000, modifiedMs / 1000),
    sync: ({ file: handle }) => fs.fsyncSync(file(handle).fd),
    datasync: ({ file: handle }) => fs.fdatasyncSync(file(handle).fd),
    close: ({ handle }) => { release(handle); },
    writeFile({ path: at, bytes, exclusive, mode = 0o666 }) {
      if (bytes.length > kMost) throw fault('EINVAL');
      fs.writeFileSync(host(at), Buffer.from(bytes), { flag: exclusive ? 'wx' : 'w', mode });
    },
    beginWrite: open('w'),
    commit: ({ file: handle }) => { release(handle); },
    appendFile({ path: at, bytes, mode = 0o666 }) { fs.appendFileSync(host(at), Buffer.from(bytes), { mode }); },
    truncate: ({ path: at, length }) => fs.truncateSync(host(at), length),
    utimes: ({ path: at, accessedMs, modifiedMs }) => fs.utimesSync(host(at), accessedMs / 1000, modifiedMs / 1000),
    copyFile: ({ from, to, exclusive }) => fs.copyFileSync(host(from), host(to), exclusive ? 1 : 0),
    mkdir({ path: at, recursive, mode = 0o777 }) {
      const first = fs.mkdirSync(host(at), { recursive, mode });
      return { first: first === undefined ? '' : first.slice(root.length) };
    },
    mkdtemp: ({ path: at }) => ({ path: at.text.slice(0, -6) + fs.mkdtempSync(host(at).slice(0, -6)).slice(-6) }),
    unlink: ({ path: at }) => fs.unlinkSync(host(at)),
    rmdir: ({ path: at }) => fs.rmdirSync(host(at)),
    rm({ path: at, recursive, force }) {
      if (!recursive && fs.existsSync(host(at)) && fs.statSync(host(at)).isDirectory()) throw fault('ERR_FS_EISDIR');
      fs.rmSync(host(at), { recursive, force });
    },
    rename: ({ from, to }) => fs.renameSync(host(from), host(to)),
    dir: ({ path: at }) => ({ view: mint({ root: host(at) }) }),
    only: ({ view: handle, rights }) => ({ view: mint({ ...objects.get(handle.token), rights }) }),
    readOnly: ({ view: handle }) => ({ view: mint({ ...objects.get(handle.token), rights: ['read', 'list'] }) }),
    until: ({ view: handle, milliseconds }) => ({ view: mint({ ...objects.get(handle.token), rights: [`until ${milliseconds}`] }) }),
    budget: ({ view: handle, calls, bytes, perSecond }) =>
      ({ view: mint({ ...objects.get(handle.token), rights: [`budget ${calls} ${bytes} ${perSecond}`] }) }),
    rights: ({ view: handle }) => ({ rights: objects.get(handle.token).rights ?? ['read'] }),
    revoke: ({ view: handle }) => { objects.delete(handle.token); },
  };
  function perform(method, params, context) {
    calls.push(method);
    if (params.path?.text === '/refused') {
      throw runtime.internals.makeError({ code: 'EACCES', capability: 'fs', right: 'read', resource: '/refused', message: '' }, context);
    }
    try {
      return methods[method](params, context) ?? {};
    } catch (error) {
      const wire = error.wire ?? (error.code ? fault(error.code).wire : undefined);
      if (wire === undefined) throw error;
      throw runtime.internals.makeError(wire, context);
    }
  }
  const { Promise } = global;
  return {
    calls,
    view,
    live: () => live,
    rpc: {
      callSync: perform,
      call: (method, params, context) => new Promise((resolve, reject) => {
        setImmediate(() => {
          try {
            resolve(perform(method, params, context));
          } catch (error) {
            reject(error);
          }
        });
      }),
    },
  };
}
