// The Runtime API over one kept-alive connection.
//
// There is no read time-out: `next` may hang for hours, through freezes. The connection keeps the event loop alive only
// while an answer is awaited, so that an empty loop means that the function has nothing left to do. A connection that
// breaks is made again once and the request repeated: `next` hands the same invocation out again, and a repeated
// answer is refused with 403, which is as good as delivered.

'use strict';

const net = require('node:net');
const { ResponseReader } = require('./response-reader.cjs');

const PREFIX = '/2018-06-01/runtime/';
const ERROR_TYPE = 'Lambda-Runtime-Function-Error-Type';
const ERROR_CAUSE = 'Lambda-Runtime-Function-XRay-Error-Cause';
const CAUSE_LENGTH_MAX = 64 * 1024;

class RuntimeApi {
  #address;
  #socket;
  #waiting;
  #last = Promise.resolve();

  constructor(address) {
    this.#address = address;
  }

  // The next invocation: its headers (lower-case names) and its body.
  async next() {
    const answer = await this.#call('GET', 'invocation/next', null, {});
    if (answer.status !== 200) throw new Error(`next invocation: status ${answer.status}`);
    return answer;
  }

  respond(requestId, body, contentType) {
    return this.#post(`invocation/${requestId}/response`, body, { 'Content-Type': contentType });
  }

  // Begins a response that is sent while it is made. There is no other call under way: a handler runs.
  openResponse(requestId, contentType) {
    const { Upload, STREAMING_HEADERS } = require('./upload.cjs');
    const head = this.#head('POST', `invocation/${requestId}/response`, { 'Content-Type': asciiOnly(String(contentType)) });
    const answer = this.#exchange(`${head}${STREAMING_HEADERS}\r\n`, null);
    this.#last = answer.catch(() => {});
    return new Upload(this.#socket, answer);
  }

  failResponse(upload, body, errorType) {
    return upload.fail(asciiOnly(String(errorType)), body);
  }

  fail(requestId, body, errorType, cause) {
    const headers = errorHeaders(errorType);
    if (cause && cause.length <= CAUSE_LENGTH_MAX) headers[ERROR_CAUSE] = asciiOnly(cause);
    return this.#post(`invocation/${requestId}/error`, body, headers);
  }

  failInit(body, errorType) {
    return this.#post('init/error', body, errorHeaders(errorType));
  }

  // A body may be refused by hanging up. Whether the platform is still there, `next` will tell.
  #post(path, body, headers) {
    return this.#call('POST', path, body, headers).catch(() => undefined);
  }

  // One request at a time, in order. A failure of one is not the next one's.
  #call(method, path, body, headers) {
    const content = body === null ? null : Buffer.from(body);
    let head = this.#head(method, path, headers);
    if (content) head += `Content-Length: ${content.length}\r\n`;
    head += '\r\n';
    const answer = this.#last.then(() => this.#exchange(head, content).catch(() => this.#exchange(head, content)));
    this.#last = answer.catch(() => {});
    return answer;
  }

  #head(method, path, headers) {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return `${method} ${PREFIX}${path} HTTP/1.1\r\nHost: ${this.#address}\r\n${lines.join('')}`;
  }

  #exchange(head, content) {
    return new Promise((resolve, reject) => {
      const socket = this.#socket ?? this.#connect();
      this.#waiting = { resolve, reject };
      socket.ref();
      if (content) socket.cork();
      socket.write(head);
      if (content) {
        socket.write(content);
        socket.uncork();
      }
    });
  }

  #connect() {
    const separator = this.#address.lastIndexOf(':');
    const host = this.#address.slice(0, separator).replace(/^\[|\]$/g, '');
    const socket = net.connect({ host, port: Number(this.#address.slice(separator + 1)), noDelay: true });
    const reader = new ResponseReader((answer) => {
      socket.unref();
      if (answer.headers.connection === 'close') this.#drop(socket);
      this.#settle('resolve', answer);
    });
    socket.on('data', (chunk) => reader.push(chunk));
    // Errors are followed by `close`, but a refused body (413) may have been answered before: data comes first.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#drop(socket);
      this.#settle('reject', new Error('the Runtime API closed the connection'));
    });
    this.#socket = socket;
    return socket;
  }

  #drop(socket) {
    socket.removeAllListeners('close');
    socket.destroy();
    if (this.#socket === socket) this.#socket = undefined;
  }

  #settle(how, value) {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.[how](value);
  }
}

function errorHeaders(errorType) {
  return { 'Content-Type': 'application/json', [ERROR_TYPE]: asciiOnly(String(errorType)) };
}

// Names and messages may hold anything, header values may not. The cause stays valid JSON: escapes, not omissions.
function asciiOnly(text) {
  return text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

module.exports = { RuntimeApi };
