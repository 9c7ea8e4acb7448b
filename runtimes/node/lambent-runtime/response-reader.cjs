// Takes HTTP/1.1 responses apart as their bytes arrive: head, then a body of known length or in chunks.

'use strict';

const EMPTY = Buffer.alloc(0);
const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');

class ResponseReader {
  #deliver;
  #answer;
  #pieces = [];
  #held = 0;
  #need = 0; // Bytes without which looking again is useless: keeps large bodies from being joined over and over.
  #chunks;

  constructor(deliver) {
    this.#deliver = deliver;
  }

  push(piece) {
    this.#pieces.push(piece);
    this.#held += piece.length;
    while (this.#held > 0 && this.#held >= this.#need && this.#advance()) {
      // One more part was complete.
    }
  }

  #advance() {
    if (!this.#answer) return this.#readHead();
    if (this.#chunks) return this.#readChunk();
    return this.#finish(this.#take(this.#need));
  }

  #readHead() {
    const end = this.#bytes().indexOf(HEAD_END);
    if (end < 0) return false;
    const [statusLine, ...lines] = this.#take(end + HEAD_END.length).toString('utf8').trimEnd().split('\r\n');
    const headers = {};
    for (const line of lines) {
      const colon = line.indexOf(':');
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    this.#answer = { status: Number(statusLine.split(' ')[1]), headers };
    if (headers['transfer-encoding']?.toLowerCase() === 'chunked') {
      this.#chunks = [];
      return true;
    }
    this.#need = Number(headers['content-length'] ?? 0);
    return this.#need === 0 ? this.#finish(EMPTY) : true;
  }

  #readChunk() {
    const bytes = this.#bytes();
    const lineEnd = bytes.indexOf(LINE_END);
    if (lineEnd < 0) return false;
    const size = parseInt(bytes.toString('latin1', 0, lineEnd), 16);
    const start = lineEnd + LINE_END.length;
    if (size === 0) {
      const end = bytes.indexOf(HEAD_END, lineEnd);
      if (end < 0) return false;
      this.#take(end + HEAD_END.length);
      return this.#finish(Buffer.concat(this.#chunks));
    }
    this.#need = start + size + LINE_END.length;
    if (bytes.length < this.#need) return true;
    this.#chunks.push(this.#take(this.#need).subarray(start, start + size));
    this.#need = 0;
    return true;
  }

  #finish(body) {
    const answer = { ...this.#answer, body };
    this.#answer = this.#chunks = undefined;
    this.#need = 0;
    this.#deliver(answer);
    return true;
  }

  #bytes() {
    if (this.#pieces.length !== 1) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0];
  }

  #take(length) {
    const bytes = this.#bytes();
    this.#pieces = bytes.length === length ? [] : [bytes.subarray(length)];
    this.#held -= length;
    return bytes.subarray(0, length);
  }
}

module.exports = { ResponseReader };
