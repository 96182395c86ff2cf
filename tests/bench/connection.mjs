// One HTTP/1.1 connection that is kept, to the service's Unix socket. For figures: a request of node:http costs the client
// half a millisecond, which is not the service's.
import * as net from 'node:net';

export class Connection {
  #socket;
  #received = Buffer.alloc(0);
  #waiting = null;

  static open(socketPath) {
    return new Promise((resolve, reject) => {
      const socket = net.connect(socketPath, () => resolve(new Connection(socket)));
      socket.on('error', reject);
    });
  }

  constructor(socket) {
    this.#socket = socket;
    socket.on('data', (part) => { this.#received = Buffer.concat([this.#received, part]); this.#take(); });
    for (const event of ['error', 'close']) socket.on(event, () => this.#waiting?.reject(new Error('the service hung up')));
  }

  // {status, json}; one at a time.
  post(path, body) {
    const text = JSON.stringify(body);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    });
  }

  close() { this.#socket.destroy(); }

  #take() {
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#received.subarray(0, end).toString();
    const length = Number(/^content-length: *(\d+)$/im.exec(head)[1]);
    if (this.#received.length < end + 4 + length) return;
    const json = JSON.parse(this.#received.subarray(end + 4, end + 4 + length));
    this.#received = this.#received.subarray(end + 4 + length);
    const { resolve } = this.#waiting;
    this.#waiting = null;
    resolve({ status: Number(head.split(' ')[1]), json });
  }
}
