// `awslambda.streamifyResponse`: handlers that write their response to a stream.
//
// The response begins with the first byte. A failure before it is reported like that of any other handler; one after
// it ends the stream, with the error in its trailers.

'use strict';

const { InvalidStreamingOperation } = require('./errors.cjs');

const MARK = Symbol.for('aws.lambda.runtime.handler.streaming');
const HIGH_WATER_MARK = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');
const HTTP_INTEGRATION = 'application/vnd.awslambda.http-integration-response';
const PRELUDE_END = Buffer.alloc(8);

function installStreaming() {
  globalThis.awslambda = {
    streamifyResponse: (handler, options) => {
      handler[MARK] = 'response';
      if (typeof options?.highWaterMark === 'number') handler[HIGH_WATER_MARK] = Math.trunc(options.highWaterMark);
      return handler;
    },
    HttpResponseStream: {
      // The prelude goes with the first byte of the body, so a failure before that is still an ordinary one.
      from: (stream, prelude) => {
        stream.setContentType(HTTP_INTEGRATION);
        const text = JSON.stringify(prelude);
        stream._onBeforeFirstWrite = (write) => {
          write(text);
          write(PRELUDE_END);
        };
        return stream;
      },
    },
  };
}

const isStreaming = (handler) => handler[MARK] === 'response';

// Runs a streaming handler to its end; resolves when the platform has answered what it wrote, which may go on after
// the handler has returned.
async function stream(handler, event, response, context) {
  const result = handler(event, response, context);
  if (typeof result?.then !== 'function') throw 'Streaming does not support non-async handlers.';
  if ((await result) !== undefined) console.warn('Streaming handlers ignore return values.');
  await response.delivered;
}

// The stream that the handler gets. `open` begins the upload, with the content type that is set by then.
function createResponse(handler, open) {
  // Loaded here: `node:net` has it in memory already, but this file is also read by functions that do not stream.
  const { Writable } = require('node:stream');
  const { finished } = require('node:stream/promises');
  let contentType = 'application/octet-stream';
  let upload;
  let finish = () => upload.end();
  const send = (pieces, done) => {
    upload ??= begin(pieces);
    upload.write(pieces, done);
  };
  const begin = (pieces) => {
    const first = [];
    response._onBeforeFirstWrite?.((piece) => first.push(Buffer.from(piece)));
    pieces.unshift(...first);
    return open(contentType);
  };
  const response = new Writable({
    highWaterMark: handler[HIGH_WATER_MARK],
    write: (chunk, _encoding, done) => send([chunk], done),
    writev: (chunks, done) => send(chunks.map(({ chunk }) => chunk), done),
    // One that was never written to is a response all the same, of no bytes.
    final: (done) => send([], () => finish().then(() => done(), done)),
  });
  const write = response.write.bind(response);
  const isBytes = (chunk) => typeof chunk === 'string' || chunk instanceof Uint8Array;
  response.write = (chunk, ...rest) => write(isBytes(chunk) ? chunk : JSON.stringify(chunk), ...rest);
  response.setContentType = (type) => {
    if (upload) throw new InvalidStreamingOperation('Cannot set content-type, too late.');
    contentType = type;
  };
  // Whether an error can only be told at the end of what has been sent.
  response.hasBegun = () => upload !== undefined && upload.isOpen;
  // What has been written before the error goes first.
  response.failWith = (fail) => {
    finish = () => fail(upload);
    if (response.destroyed) return finish();
    response.end();
    return response.delivered;
  };
  response.delivered = finished(response);
  response.delivered.catch(() => {}); // Whoever waits for it hears of it.
  return response;
}

module.exports = { installStreaming, isStreaming, createResponse, stream };
