// A headless Chromium that shows one page of this machine, and answers what is asked of it. scripts/setup installs it.
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';

const names = ['chromium-headless-shell', 'chromium', 'google-chrome'];

function program() {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(':').filter(Boolean)) {
      const file = path.join(folder, name);
      try { fs.accessSync(file, fs.constants.X_OK); return file; } catch { /* not there */ }
    }
  }
  throw new Error(`no browser is installed (${names.join(', ')}): apt-get install ${names[0]}`);
}

// Its protocol over two pipes: JSON, each message ended by a zero byte.
class Protocol {
  constructor(child) {
    this.out = child.stdio[3];
    this.waiting = new Map();
    this.listeners = [];
    this.last = 0;
    let held = '';
    child.stdio[4].setEncoding('utf8').on('data', (data) => {
      const messages = (held + data).split('\0');
      held = messages.pop();
      for (const message of messages) this.take(JSON.parse(message));
    });
    child.on('exit', (status) => this.waiting.forEach(({ reject }) => reject(new Error(`the browser ended: ${status}`))));
  }
  take(message) {
    const call = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (call === undefined) this.listeners.forEach((listen) => listen(message));
    else if (message.error) call.reject(new Error(message.error.message));
    else call.resolve(message.result);
  }
  call(method, params = {}, sessionId = undefined) {
    const id = ++this.last;
    this.out.write(JSON.stringify({ id, method, params, sessionId }) + '\0');
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }
}

// Shows `file` and calls `look(page)`. `scratch` is a folder for what the browser writes. Of the page: `evaluate(text)`
// answers what an expression gives, as JSON; `requests` are the addresses it asked for; `complaints` what its console
// said and what its policy kept from it.
export async function withPage(file, scratch, look) {
  const home = path.join(scratch, 'browser');
  fs.mkdirSync(home, { recursive: true });
  // The page is ours and on this machine; where there is no namespace to be had, the browser has no wall of its own.
  const child = spawn(program(), ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
    '--window-size=1280,800', `--user-data-dir=${home}`, '--remote-debugging-pipe', 'about:blank'],
    { env: { PATH: process.env.PATH, HOME: home }, stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'], detached: true });
  const kill = () => { try { process.kill(-child.pid, 'SIGKILL'); } catch { /* it has ended */ } };
  let said = '';
  child.stderr.on('data', (data) => { said += data; });
  const ended = new Promise((resolve) => child.on('exit', (status, signal) => resolve(status ?? signal)));
  const protocol = new Protocol(child);
  const tooLong = setTimeout(kill, 60_000);
  try {
    const { targetInfos } = await protocol.call('Target.getTargets');
    const { targetId } = targetInfos.find(({ type }) => type === 'page');
    const { sessionId } = await protocol.call('Target.attachToTarget', { targetId, flatten: true });
    const call = (method, params) => protocol.call(method, params, sessionId);
    const page = {
      requests: [],
      complaints: [],
      async evaluate(expression) {
        const { result, exceptionDetails } = await call('Runtime.evaluate', { expression, returnByValue: true });
        if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description}`);
        return result.value;
      },
    };
    const loaded = new Promise((resolve) => protocol.listeners.push(({ method, params }) => {
      if (method === 'Page.loadEventFired') resolve();
      if (method === 'Network.requestWillBeSent') page.requests.push(params.request.url);
      if (method === 'Log.entryAdded') page.complaints.push(params.entry.text);
      if (method === 'Runtime.consoleAPICalled') page.complaints.push(JSON.stringify(params.args));
      if (method === 'Page.javascriptDialogOpening') page.complaints.push(params.message);
    }));
    for (const domain of ['Page', 'Network', 'Log', 'Runtime']) await call(`${domain}.enable`);
    await call('Page.navigate', { url: pathToFileURL(file).href });
    await Promise.race([loaded, ended.then((status) => { throw new Error(`the browser ended: ${status}`); })]);
    await look(page);
    await protocol.call('Browser.close').catch(() => {});
  } catch (error) {
    throw new Error(`${error.message}\n${said}`, { cause: error });
  } finally {
    clearTimeout(tooLong);
    setTimeout(kill, 5_000).unref();
    await ended;
    kill(); // its other processes
  }
}
