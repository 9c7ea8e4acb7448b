// A response that is sent while it is made: an HTTP/1.1 body in chunks, which may end with an error in its trailers.

'use strict';

const ERROR_TYPE = 'Lambda-Runtime-Function-Error-Type';
const ERROR_BODY = 'Lambda-Runtime-Function-Error-Body';
const STREAMING_HEADERS =
  'Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n' +
  `Trailer: ${ERROR_TYPE}, ${ERROR_BODY}\r\n`;
const LINE_END = Buffer.from('\r\n');

class Upload {
  #socket;
  #answer;
  #isOpen = true;

  // `answer` settles when the platform has answered, which it may do before the end: then the rest is of no use to it.
  constructor(socket, answer) {
    this.#socket = socket;
    // A handler that has nothing left to do and has not ended its response will never do so.
    socket.unref();
    this.#answer = answer.then(
      () => (this.#isOpen = false),
      () => (this.#isOpen = false),
    );
  }

  // Whether the end of the response is still to be sent.
  get isOpen() {
    return this.#isOpen;
  }

  // Calls back when the system has taken the pieces, so that a slow reader slows the handler.
  write(pieces, done) {
    const filled = pieces.filter((piece) => piece.length > 0);
    if (!this.#isOpen || filled.length === 0) {
      process.nextTick(done);
      return;
    }
    const length = filled.reduce((sum, piece) => sum + piece.length, 0);
    const chunk = Buffer.concat([Buffer.from(`${length.toString(16)}\r\n`), ...filled, LINE_END]);
    // A connection that has gone takes nothing more; whether the platform has, `next` will tell.
    this.#socket.write(chunk, () => done());
  }

  // Resolves when the platform has answered.
  end() {
    return this.#finish('0\r\n\r\n');
  }

  // Ends what has been sent with an error.
  fail(errorType, body) {
    const encoded = Buffer.from(body).toString('base64');
    return this.#finish(`0\r\n${ERROR_TYPE}: ${errorType}\r\n${ERROR_BODY}: ${encoded}\r\n\r\n`);
  }

  #finish(lastChunk) {
    if (this.#isOpen) {
      this.#socket.ref();
      this.#socket.write(lastChunk);
    }
    this.#isOpen = false;
    return this.#answer;
  }
}

module.exports = { Upload, STREAMING_HEADERS };
