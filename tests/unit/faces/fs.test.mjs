import assert from 'node:assert';
import nodeFs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { makeBackend } from './backend.mjs';
import { makeRuntime } from './harness.mjs';

// A folder of its own and the face over it.
function setUp(options) {
  const root = nodeFs.mkdtempSync(path.join(os.tmpdir(), 'faces-'));
  const runtime = makeRuntime();
  const backend = makeBackend(root, runtime, options);
  const face = runtime.face('fs', { rpc: backend.rpc });
  const module = face.instantiate(backend.view, 'node:fs');
  return { root, runtime, backend, face, fs: module.default, module, done: () => nodeFs.rmSync(root, { recursive: true }) };
}
function each(title, run, options) {
  test(title, async () => {
    const it = setUp(options);
    try {
      await run(it);
    } finally {
      it.done();
    }
  });
}
const plain = (value) => JSON.parse(JSON.stringify(value));
const hex = (bytes) => Buffer.from(bytes).toString('hex');

each('exports of each specifier are what instantiate gives', ({ face, backend }) => {
  for (const specifier of ['fs', 'node:fs', 'runtime:fs', 'fs/promises', 'node:fs/promises']) {
    const names = [...face.exports(specifier)].sort();
    const module = face.instantiate(backend.view, specifier);
    assert.deepEqual(Object.keys(module).sort(), names);
    assert.ok(names.includes('readFile') && names.includes('default'));
  }
  assert.ok(!face.exports('node:fs').includes('openSync'));
  assert.equal(face.instantiate(backend.view, 'fs').promises.readFile, face.instantiate(backend.view, 'fs/promises').readFile);
  assert.notEqual(face.instantiate({}, 'fs').readFile, face.instantiate(backend.view, 'fs').readFile);
});

each('read and write what node reads and writes, in every encoding', async ({ root, fs }) => {
  const text = 'héllo wörld €𝄞\u0000end';
  for (const encoding of ['utf8', 'utf-8', 'UTF8', 'utf16le', 'ucs2', 'latin1', 'binary', 'ascii', 'base64', 'base64url', 'hex']) {
    const source = encoding.startsWith('base64') ? Buffer.from(text).toString(encoding) : encoding === 'hex' ? 'cafe00zz' : text;
    nodeFs.writeFileSync(root + '/node', source, encoding);
    await fs.promises.writeFile('/face', source, encoding);
    assert.equal(hex(nodeFs.readFileSync(root + '/face')), hex(nodeFs.readFileSync(root + '/node')), encoding);
    assert.equal(await fs.readFile('/face', encoding), nodeFs.readFileSync(root + '/node', encoding), encoding);
    assert.equal(fs.readFileSync('/face', { encoding }), nodeFs.readFileSync(root + '/node', { encoding }), encoding);
  }
  assert.equal(hex(await fs.readFile('/face')), hex(nodeFs.readFileSync(root + '/face')));
});

for (const shortReads of [false, true]) {
  each(`long files, short reads ${shortReads}`, async ({ root, fs, backend }) => {
    const bytes = Buffer.alloc(3_000_001);
    for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 7 + (i >> 8)) & 0xff;
    nodeFs.writeFileSync(root + '/big', bytes);
    assert.ok(Buffer.from(await fs.promises.readFile('/big')).equals(bytes));
    assert.ok(Buffer.from(fs.readFileSync('/big')).equals(bytes));
    const many = await Promise.all(Array.from({ length: 100 }, () => fs.readFile('/big')));
    for (const one of many) assert.ok(Buffer.from(one).equals(bytes));
    await fs.writeFile('/copy', new Uint8Array(bytes));
    assert.ok(nodeFs.readFileSync(root + '/copy').equals(bytes));
    fs.writeFileSync('/copy2', bytes);
    assert.ok(nodeFs.readFileSync(root + '/copy2').equals(bytes));
    await fs.appendFile('/copy2', bytes);
    assert.equal(nodeFs.statSync(root + '/copy2').size, 2 * bytes.length);
    assert.equal(backend.live(), 0);
  }, { shortReads, handles: 8 });
}

each('a short file is one call', async ({ root, fs, backend }) => {
  nodeFs.writeFileSync(root + '/a', 'x');
  backend.calls.length = 0;
  await fs.promises.readFile('/a', 'utf8');
  await fs.promises.writeFile('/a', 'y');
  await fs.promises.appendFile('/a', 'z');
  assert.deepEqual(backend.calls, ['readFile', 'writeFile', 'appendFile']);
});

// Every failure has node's code, errno, syscall, path, dest and message.
const failures = [
  (fs, at) => fs.promises.readFile(at('/none')), (fs, at) => fs.promises.readFile(at('/')),
  (fs, at) => fs.promises.stat(at('/none')), (fs, at) => fs.promises.lstat(at('/none')),
  (fs, at) => fs.promises.access(at('/none')), (fs, at) => fs.promises.readdir(at('/none')),
  (fs, at) => fs.promises.readdir(at('/file')), (fs, at) => fs.promises.open(at('/none')),
  (fs, at) => fs.promises.writeFile(at('/none/x'), ''), (fs, at) => fs.promises.writeFile(at('/file'), '', { flag: 'wx' }),
  (fs, at) => fs.promises.mkdir(at('/folder')), (fs, at) => fs.promises.rmdir(at('/folder')),
  (fs, at) => fs.promises.unlink(at('/none')), (fs, at) => fs.promises.rename(at('/none'), at('/other')),
  (fs, at) => fs.promises.copyFile(at('/none'), at('/other')), (fs, at) => fs.promises.copyFile(at('/file'), at('/file2'), 1),
  (fs, at) => fs.promises.readlink(at('/file')), (fs, at) => fs.promises.truncate(at('/none'), 1),
  (fs, at) => fs.promises.utimes(at('/none'), 1, 1), (fs, at) => fs.promises.rm(at('/none')),
  (fs, at) => fs.promises.mkdtemp(at('/none/x')), (fs, at) => fs.promises.appendFile(at('/folder'), 'x'),
];
for (const attempt of failures) {
  each(String(attempt).replace(/\s+/g, ' '), async ({ root, fs }) => {
    nodeFs.mkdirSync(root + '/folder');
    nodeFs.writeFileSync(root + '/folder/inner', '');
    nodeFs.writeFileSync(root + '/file', '');
    nodeFs.writeFileSync(root + '/file2', '');
    const error = async (promise) => promise.then(() => assert.fail('it did not fail'), (reason) => reason);
    const theirs = await error(attempt(nodeFs, (name) => root + name));
    const ours = await error(attempt(fs, (name) => name));
    const strip = (text) => text?.replaceAll(root + '/', '/').replaceAll(root, '/').replace(/(none\/x)\w{6}/, '$1');
    for (const key of ['code', 'errno', 'path', 'dest', 'message']) {
      assert.equal(typeof ours[key] === 'string' ? strip(ours[key]) : ours[key],
                   typeof theirs[key] === 'string' ? strip(theirs[key]) : theirs[key], key);
    }
  });
}

// Arguments that node refuses are refused with the same code and text.
const complaints = [
  (fs) => fs.readFileSync(), (fs) => fs.readFileSync('a\0b'), (fs) => fs.readFileSync('/x', 'nope'),
  (fs) => fs.readFileSync('/x', 5), (fs) => fs.readFileSync('/x', { flag: 'q' }), (fs) => fs.writeFileSync('/x', {}),
  (fs) => fs.writeFileSync('/x', 5), (fs) => fs.mkdirSync('/x', { recursive: 1 }), (fs) => fs.mkdirSync('/x', 'rwx'),
  (fs) => fs.utimesSync('/x', {}, 1), (fs) => fs.readdirSync('/x', { recursive: 1 }), (fs) => fs.rmSync('/x', { force: 1 }),
  (fs) => fs.readFileSync(new URL('http://x/')), (fs) => fs.readFileSync(null), (fs) => fs.readFileSync(true),
  (fs) => fs.writeFileSync('/x', '', { mode: 1.5 }), (fs) => fs.writeFileSync('/x', '', { mode: -1 }),
];
for (const complaint of complaints) {
  each(String(complaint), ({ fs, runtime }) => {
    const error = (run) => {
      try {
        run();
      } catch (reason) {
        return reason;
      }
      return assert.fail('it did not fail');
    };
    const theirs = error(() => complaint(nodeFs));
    const ours = error(() => runtime.evaluate(`(fs) => (${complaint})(fs)`)(fs));
    assert.equal(ours.code, theirs.code);
    const strip = (text) => text.replace(' Received function URL', '').replace(/It must be an integer\. /, '').replace('must be of type string or an instance of', 'must be of type string or an instance of');
    // Node words a few of these differently from one release to the next.
    if (!/URL|integer|fd|src/.test(theirs.message)) assert.equal(strip(ours.message), strip(theirs.message));
  });
}

each('arguments out of range', ({ fs }) => {
  assert.throws(() => fs.accessSync('/x', 9), {
    name: 'RangeError', code: 'ERR_OUT_OF_RANGE', message: 'The value of "mode" is out of range. It must be >= 0 && <= 7. Received 9',
  });
  assert.throws(() => fs.copyFileSync('/x', '/y', 99), { code: 'ERR_OUT_OF_RANGE' });
  assert.throws(() => fs.truncateSync('/x', 'a'), { code: 'ERR_INVALID_ARG_TYPE' });
  assert.throws(() => fs.truncateSync('/x', 1.5), {
    message: 'The value of "len" is out of range. It must be an integer. Received 1.5',
  });
  assert.throws(() => fs.readFileSync(5), { code: 'ERR_INVALID_ARG_TYPE' });
});

each('stat, readdir, Dirent as node has them', async ({ root, fs }) => {
  nodeFs.mkdirSync(root + '/d/sub/deep', { recursive: true });
  for (const name of ['/d/b', '/d/a', '/d/sub/c', '/d/sub/deep/e']) nodeFs.writeFileSync(root + name, name);
  nodeFs.symlinkSync('a', root + '/d/link');
  const stats = await fs.stat('/d/a');
  const expected = nodeFs.statSync(root + '/d/a');
  for (const key of ['dev', 'mode', 'nlink', 'ino', 'size', 'blksize', 'blocks', 'mtimeMs', 'birthtimeMs']) {
    assert.equal(stats[key], expected[key], key);
  }
  assert.equal(stats.mtime.getTime(), expected.mtime.getTime());
  assert.ok(stats.isFile() && !stats.isDirectory() && fs.lstatSync('/d/link').isSymbolicLink());
  assert.equal((await fs.promises.stat('/d/a', { bigint: true })).size, BigInt(expected.size));
  assert.equal(fs.statSync('/none', { throwIfNoEntry: false }), undefined);
  assert.deepEqual(plain(await fs.readdir('/d')), nodeFs.readdirSync(root + '/d').sort());
  assert.deepEqual(plain(fs.readdirSync('/d', { recursive: true })).sort(), nodeFs.readdirSync(root + '/d', { recursive: true }).sort());
  const entries = await fs.promises.readdir('/d', { withFileTypes: true, recursive: true });
  const seen = [...entries].map((entry) => `${entry.parentPath}/${entry.name} ${entry.isDirectory()} ${entry.isSymbolicLink()}`).sort();
  const wanted = nodeFs.readdirSync(root + '/d', { withFileTypes: true, recursive: true })
    .map((entry) => `${(entry.parentPath ?? entry.path).slice(root.length)}/${entry.name} ${entry.isDirectory()} ${entry.isSymbolicLink()}`).sort();
  assert.deepEqual(seen, wanted);
}, { listing: 2 });

each('callbacks', async ({ root, fs, runtime }) => {
  nodeFs.writeFileSync(root + '/a', 'text');
  const results = [];
  const note = (...args) => results.push(args);
  fs.readFile('/a', 'utf8', note);
  fs.readFile('/none', note);
  fs.access('/a', note);
  fs.mkdir('/m/n', { recursive: true }, note);
  assert.equal(fs.stat('/a', note), undefined);
  for (let i = 0; i < 5; i++) await runtime.loop();
  const of = (test) => results.find(test);
  assert.ok(of((r) => r[1] === 'text' && r[0] === null));
  assert.ok(of((r) => r[0]?.code === 'ENOENT' && r.length === 1));
  assert.ok(of((r) => r.length === 1 && r[0] === null));
  assert.ok(of((r) => r[1] === '/m'));
  assert.ok(of((r) => r[1]?.isFile?.()));
  assert.throws(() => fs.readFile(5, note), { code: 'ERR_INVALID_ARG_TYPE' });
  await assert.rejects(fs.promises.readFile(5), { code: 'ERR_INVALID_ARG_TYPE' });
});

each('a refusal', async ({ fs, runtime }) => {
  const error = await fs.promises.readFile('/refused').catch((reason) => reason);
  assert.equal(error.name, 'PermissionDenied');
  assert.equal(error.code, 'EACCES');
  assert.deepEqual([error.capability, error.right, error.resource], ['fs', 'read', '/refused']);
  assert.ok(error instanceof runtime.global.Error);
  assert.match(error.message, /^fs read is not granted for "\/refused"/);
  assert.equal(fs.existsSync('/refused'), false);
});

each('FileHandle', async ({ root, fs, backend, runtime }) => {
  const handle = await fs.promises.open('/h', 'w+');
  assert.equal((await handle.write('hello')).bytesWritten, 5);
  assert.equal((await handle.write(new Uint8Array([1, 2, 3, 4]), 1, 2)).bytesWritten, 2);
  assert.equal((await handle.write('J', 0)).bytesWritten, 1);
  assert.equal(hex(nodeFs.readFileSync(root + '/h')), hex(Buffer.from('Jello\x02\x03')));
  const buffer = new Uint8Array(4);
  const got = await handle.read(buffer, 1, 3, 0);
  assert.deepEqual([got.bytesRead, Buffer.from(buffer).toString()], [3, '\0Jel']);
  assert.equal((await handle.read({ buffer, position: 100 })).bytesRead, 0);
  assert.equal((await handle.stat()).size, 7);
  await handle.truncate(2);
  await handle.sync();
  await handle.datasync();
  await handle.utimes(1, 2);
  assert.equal(nodeFs.statSync(root + '/h').mtimeMs, 2000);
  await handle.close();
  await assert.rejects(handle.stat(), { code: 'EBADF' });
  await handle.close();

  nodeFs.writeFileSync(root + '/h', Buffer.alloc(200_000, 7));
  const reader = await fs.promises.open('/h');
  let total = 0;
  for await (const chunk of reader) total += chunk.length;
  assert.equal(total, 200_000);
  await assert.rejects(reader.write('x'), { code: 'EBADF' });
  await reader[runtime.primordials.SymbolAsyncDispose]();
  const again = await fs.promises.open('/h');
  assert.equal((await again.readFile()).length, 200_000);
  await again.close();
  const append = await fs.promises.open('/h', 'a');
  await append.appendFile('end');
  await append.close();
  assert.equal(nodeFs.readFileSync(root + '/h').subarray(-3).toString(), 'end');
  assert.equal(backend.live(), 0);
});

each('numeric flags', async ({ root, fs }) => {
  const { O_APPEND, O_CREAT, O_EXCL, O_RDWR, O_TRUNC, O_WRONLY } = fs.constants;
  await (await fs.promises.open('/n', O_WRONLY | O_CREAT | O_TRUNC)).close();
  await assert.rejects(fs.promises.open('/n', O_WRONLY | O_CREAT | O_TRUNC | O_EXCL), { code: 'EEXIST' });
  await (await fs.promises.open('/n', O_RDWR)).close();
  const handle = await fs.promises.open('/n', O_WRONLY | O_CREAT | O_APPEND);
  await handle.writeFile('x');
  await handle.close();
  assert.equal(nodeFs.readFileSync(root + '/n', 'utf8'), 'x');
  await assert.rejects(fs.promises.open('/n', O_WRONLY), { code: 'ERR_INVALID_ARG_VALUE' });
});

each('writeFile of what can be iterated, with flush and with a signal', async ({ root, fs, runtime }) => {
  await fs.promises.writeFile('/i', ['a', 'b', new Uint8Array([99])]);
  await fs.promises.writeFile('/j', (async function* () { yield 'one '; yield 'two'; })());
  await fs.promises.writeFile('/k', 'flushed', { flush: true });
  assert.equal(['i', 'j', 'k'].map((name) => nodeFs.readFileSync(`${root}/${name}`, 'utf8')).join(), 'abc,one two,flushed');
  const controller = new runtime.shared.AbortController();
  controller.abort();
  await assert.rejects(fs.promises.readFile('/i', { signal: controller.signal }), { name: 'AbortError', code: 'ABORT_ERR' });
  await assert.rejects(fs.promises.writeFile('/i', 'x', { signal: controller.signal }), { name: 'AbortError' });
});

each('the other calls', async ({ root, fs }) => {
  assert.equal(await fs.promises.mkdir('/x/y', { recursive: true }), '/x');
  assert.equal(fs.mkdirSync('/x/y', { recursive: true }), undefined);
  assert.match(await fs.promises.mkdtemp('/x/t-'), /^\/x\/t-\w{6}$/);
  fs.writeFileSync('/x/f', 'abc');
  await fs.promises.copyFile('/x/f', '/x/g');
  fs.renameSync('/x/g', '/x/h');
  await fs.promises.truncate('/x/h', 1);
  assert.equal(fs.readFileSync('/x/h', 'utf8'), 'a');
  fs.utimesSync('/x/h', new Date(5000), '7');
  assert.equal(nodeFs.statSync(root + '/x/h').mtimeMs, 7000);
  nodeFs.symlinkSync('h', root + '/x/l');
  assert.equal(fs.readlinkSync('/x/l'), 'h');
  assert.equal(await fs.promises.realpath('/x/l'), '/x/h');
  await fs.promises.unlink('/x/l');
  assert.throws(() => fs.rmSync('/x'), { code: 'ERR_FS_EISDIR', name: 'SystemError' });
  await fs.promises.rm('/x', { recursive: true });
  assert.equal(fs.existsSync('/x'), false);
  await fs.promises.rm('/x', { force: true });
});

each('directory capabilities', async ({ root, fs, runtime }) => {
  nodeFs.mkdirSync(root + '/docs/sub', { recursive: true });
  nodeFs.writeFileSync(root + '/docs/sub/a', 'inner');
  const docs = fs.dir('/docs');
  assert.equal(await docs.readFile('/sub/a', 'utf8'), 'inner');
  assert.equal(await docs.promises.readFile('sub/a', 'utf8'), 'inner');
  assert.equal(docs.subdir('sub').readFileSync('a', 'utf8'), 'inner');
  assert.deepEqual([...docs.readOnly().rights()], ['read', 'list']);
  assert.deepEqual([...docs.only('read').rights()], ['read']);
  assert.deepEqual([...docs.only(['list', 'read']).rights()], ['list', 'read']);
  assert.throws(() => docs.only('fly'), { code: 'ERR_INVALID_ARG_VALUE' });
  assert.deepEqual([...docs.until(0).rights()], ['until 0']);
  assert.deepEqual([...docs.until(2 ** 32 - 1).rights()], ['until 4294967295']);
  const noIntegers = [[-1, 'ERR_OUT_OF_RANGE'], [NaN, 'ERR_OUT_OF_RANGE'], [1.5, 'ERR_OUT_OF_RANGE'],
    [Infinity, 'ERR_OUT_OF_RANGE'], ['5', 'ERR_INVALID_ARG_TYPE'], [5n, 'ERR_INVALID_ARG_TYPE'],
    [null, 'ERR_INVALID_ARG_TYPE'], [{ valueOf: () => 5 }, 'ERR_INVALID_ARG_TYPE']];
  for (const [wrong, code] of noIntegers) {
    assert.throws(() => docs.until(wrong), { code });
    for (const key of ['calls', 'bytes', 'perSecond']) assert.throws(() => docs.budget({ [key]: wrong }), { code });
  }
  assert.throws(() => docs.until(), { code: 'ERR_INVALID_ARG_TYPE' });
  assert.throws(() => docs.until(2 ** 32), { code: 'ERR_OUT_OF_RANGE' });
  assert.throws(() => docs.until(Date.now() + 1000), { code: 'ERR_OUT_OF_RANGE' });
  assert.deepEqual([...docs.budget({ calls: 0 }).rights()], ['budget 0 undefined undefined']);
  assert.deepEqual([...docs.budget({ calls: 1, bytes: 2 ** 53 - 1, perSecond: 1e6 }).rights()], ['budget 1 9007199254740991 1000000']);
  assert.deepEqual([...docs.budget({ bytes: 5, calls: undefined }).rights()], ['budget undefined 5 undefined']);
  assert.throws(() => docs.budget({ bytes: 2 ** 53 }), { code: 'ERR_OUT_OF_RANGE' });
  assert.throws(() => docs.budget({ perSecond: 1e6 + 1 }), { code: 'ERR_OUT_OF_RANGE' });
  for (const wrong of [{}, { calls: undefined }, { call: 1 }, { calls: 1, Calls: 2 }, { [Symbol('calls')]: 1 }, Object.create({ calls: 1 })]) {
    assert.throws(() => docs.budget(wrong), { code: 'ERR_INVALID_ARG_VALUE' });
  }
  for (const wrong of [undefined, null, 5, 'calls', []]) {
    assert.throws(() => docs.budget(wrong), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  let reads = 0;
  assert.deepEqual([...docs.budget({ get calls() { return ++reads; } }).rights()], ['budget 1 undefined undefined']);
  assert.equal(reads, 1);
  docs.revoke();
  await assert.rejects(docs.readFile('sub/a'), { code: 'EBADF' });
  assert.throws(() => new docs.constructor({}, {}), { code: 'ERR_ILLEGAL_CONSTRUCTOR' });
  assert.throws(() => docs.readFile.call({}, 'x'));
  assert.deepEqual(Object.keys(docs), []);
  void runtime;
});

each('setters on Object.prototype see nothing of the runtime', async ({ root, fs, runtime }) => {
  nodeFs.writeFileSync(root + '/f', 'x');
  runtime.evaluate(`
    globalThis.seen = [];
    for (const key of ['code', 'path', 'errno', 'syscall', 'dest', 'capability', 'right', 'resource', 'method', 'params', 'base', 'text',
      'token', 'dev', 'size', 'name', 'parentPath', 'readFile', 'promises', 'constants', 'flow', 'value', 'error', 'input']) {
      Object.defineProperty(Object.prototype, key, { __proto__: null, set(value) { seen.push(key, value); }, configurable: true });
    }`);
  assert.equal((await fs.promises.stat('/f')).size, 1);
  assert.equal((await fs.promises.readdir('/', { withFileTypes: true }))[0].name, 'f');
  assert.equal((await fs.promises.stat('/none').catch((error) => error)).code, 'ENOENT');
  assert.equal((await fs.promises.readFile('/refused').catch((error) => error)).right, 'read');
  assert.throws(() => fs.readFileSync(5), { code: 'ERR_INVALID_ARG_TYPE' });
  assert.equal(fs.dir('/').readFileSync('f', 'utf8'), 'x');
  const handle = await fs.promises.open('/f');
  await handle.close();
  await assert.rejects(handle.stat(), { code: 'EBADF' });
  assert.throws(() => new runtime.shared.URL('no'), { code: 'ERR_INVALID_URL', input: 'no' });
  assert.deepEqual([...runtime.global.seen], []);
});
