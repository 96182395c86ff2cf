// What scenarios of the service are made of: a scratch folder, services, requests and checks.
import { spawn } from 'node:child_process';
import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as os from 'node:os';
import * as path from 'node:path';

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');
const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });

export class Service {
  constructor(bench, args, env, wrapper) {
    this.bench = bench;
    this.stderr = '';
    const [program, ...before] = [...wrapper, bench.binary];
    this.child = spawn(program, [...before, 'serve', ...args], {
      cwd: bench.scratch,
      env: { PATH: process.env.PATH, HOME: bench.at('home'), XDG_RUNTIME_DIR: bench.at('run'), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stderr.on('data', (data) => { this.stderr += data; });
    this.child.stdout.on('data', (data) => { this.stderr += data; });
    this.ended = new Promise((resolve) => this.child.on('close', (status, signal) => resolve({ status, signal })));
    this.ended.then((end) => { this.end = end; });
  }

  // Once it listens; or has ended, which says why not.
  async ready() {
    while (!/^listening on (.*)$/m.test(this.stderr) && !this.end) await sleep(5);
    const name = /^listening on (.*)$/m.exec(this.stderr)?.[1];
    if (!name) return this;
    if (name.startsWith('unix:')) this.socketPath = name.slice(5);
    else [, this.host, this.port] = /^(.*):(\d+)$/.exec(name);
    return this;
  }

  // {status, headers, text, json}
  request(method, url, { body, headers = {}, token, onResponse, keep = true } = {}) {
    return new Promise((resolve, reject) => {
      const to = this.socketPath ? { socketPath: this.socketPath } : { host: this.host, port: this.port };
      const request = http.request({
        ...to, method, path: url, agent: keep ? agent : false,
        headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
      });
      request.on('error', reject);
      // Also where the answer has come and the rest of the body is not taken.
      request.on('socket', (socket) => { if (socket.listenerCount('error') < 5) socket.on('error', () => {}); });
      request.on('response', (response) => {
        if (onResponse) return resolve(onResponse(response, request));
        const parts = [];
        response.on('error', reject);
        response.on('data', (part) => parts.push(part));
        response.on('end', () => {
          const bytes = Buffer.concat(parts);
          const text = bytes.toString();
          let json;
          try { json = JSON.parse(text); } catch { /* it is none */ }
          resolve({ status: response.statusCode, headers: response.headers, bytes, text, json });
        });
      });
      if (body !== undefined) request.write(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
      request.end();
    });
  }
  get(url, options) { return this.request('GET', url, options); }
  post(url, body, options) { return this.request('POST', url, { ...options, body }); }
  // The job object of a job that is run to its end.
  async run(job, options) {
    const answer = await this.post('/v1/jobs?wait=60s', job, options);
    if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
    return answer.json;
  }
  async submit(job, options) {
    const answer = await this.post('/v1/jobs', job, options);
    if (answer.status !== 202) throw new Error(`${answer.status}: ${answer.text}`);
    return answer.json.id;
  }
  async wait(id, options) {
    for (;;) {
      const { json, status, text } = await this.get(`/v1/jobs/${id}`, options);
      if (status !== 200) throw new Error(`${status}: ${text}`);
      if (json.state === 'done' || json.state === 'cancelled') return json;
      await sleep(20);
    }
  }
  // Server-sent events: calls onEvent({id, event, data}) until it answers false, or the stream ends.
  events(id, onEvent, options = {}) {
    return this.request('GET', `/v1/jobs/${id}/events`, {
      ...options, keep: false,
      onResponse: (response, request) => new Promise((resolve, reject) => {
        if (response.statusCode !== 200) {
          response.resume();
          return resolve(response.statusCode);
        }
        let text = '';
        response.setEncoding('utf8');
        response.on('error', (error) => (request.destroyed ? resolve(200) : reject(error)));
        response.on('end', () => resolve(200));
        response.on('data', (data) => {
          text += data;
          for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
            const fields = Object.fromEntries(text.slice(0, end).split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
            if (fields.event === undefined) continue;
            if (onEvent({ ...fields, data: JSON.parse(fields.data) }) === false) {
              request.destroy();
              return resolve(200);
            }
          }
        });
      }),
    });
  }

  kill(signal = 'SIGKILL') {
    this.child.kill(signal);
    return this.ended;
  }
}

export class Bench {
  constructor(binary) {
    this.binary = binary;
    this.faults = [];
    this.services = [];
    this.scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'secure-runtime-serve.'));
    // Whatever ends this process but a signal: nothing is left behind.
    process.on('exit', () => {
      for (const service of this.services) if (!service.end) service.child.kill('SIGKILL');
      fs.rmSync(this.scratch, { recursive: true, force: true });
    });
    for (const folder of ['home', 'run', 'policies']) fs.mkdirSync(this.at(folder), { mode: 0o700 });
  }
  at(...parts) { return path.join(this.scratch, ...parts); }
  write(name, text) {
    fs.mkdirSync(path.dirname(this.at(name)), { recursive: true });
    fs.writeFileSync(this.at(name), text);
    return this.at(name);
  }

  check(holds, what) { if (!holds) this.faults.push(typeof what === 'string' ? what : JSON.stringify(what)); }
  equal(actual, expected, what) {
    const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
    if (a !== b) this.faults.push(`${what}: ${a} instead of ${b}`);
  }
  // That a request is refused with this status and code.
  refused(answer, status, code, what = code) {
    this.check(answer.status === status && answer.json?.error?.code === code && answer.json.error.message !== '',
               `${what}: ${answer.status} ${answer.text.slice(0, 300)} instead of ${status} ${code}`);
    this.check(!answer.text.includes(this.scratch), `${what}: names a path of the host: ${answer.text.slice(0, 300)}`);
  }

  // `config` is the text of the configuration but [listen] and [state]; nothing: the defaults of a user.
  start({ config, listen = 'unix:http.sock', state = '', env = {}, args, wrapper = [] } = {}) {
    if (config !== undefined) {
      this.write('serve.toml', `version = 1\n[listen]\nhttp = "${listen}"\n[state]\nfolder = "state"\n${state}\n${config}`);
      args ??= ['--config', 'serve.toml'];
    }
    const service = new Service(this, args ?? [], env, wrapper);
    this.services.push(service);
    return service.ready();
  }
  async stop(service) {
    const end = await service.kill('SIGTERM');
    this.equal(end, { status: 0, signal: null }, 'the end of the service');
  }
  said() { return this.services.map((service) => service.stderr).join('---\n').split('\n').slice(-40).join('\n'); }
  async end() {
    agent.destroy();
    for (const service of this.services) if (!service.end) await service.kill();
    fs.rmSync(this.scratch, { recursive: true, force: true });
  }
}

export const source = (text) => ({ source: text });
