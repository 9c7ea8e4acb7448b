// `awslambda.streamifyResponse`: handlers that write their response to a stream.
//
// The stream is collected and posted as a whole for now, which is what a caller of plain Invoke sees in any case.

'use strict';

const MARK = Symbol.for('aws.lambda.runtime.handler.streaming');
const HTTP_INTEGRATION = 'application/vnd.awslambda.http-integration-response';
const PRELUDE_END = Buffer.alloc(8);

function installStreaming() {
  globalThis.awslambda = {
    streamifyResponse: (handler) => Object.assign(handler, { [MARK]: 'response' }),
    HttpResponseStream: {
      from: (stream, prelude) => {
        stream.setContentType(HTTP_INTEGRATION);
        stream.write(JSON.stringify(prelude));
        stream.write(PRELUDE_END);
        return stream;
      },
    },
  };
}

const isStreaming = (handler) => handler[MARK] === 'response';

// Runs a streaming handler to its end: what it wrote, and under which content type.
async function collect(handler, event, context) {
  const stream = createStream();
  const result = handler(event, stream, context);
  if (typeof result?.then !== 'function') throw 'Streaming does not support non-async handlers.';
  if ((await result) !== undefined) console.warn('Streaming handlers ignore return values.');
  if (!stream.writableEnded) throw 'Response stream is not finished.';
  await stream.finished;
  return { body: Buffer.concat(stream.pieces), contentType: stream.contentType };
}

function createStream() {
  // Loaded here: `node:net` has it in memory already, but this file is also read by functions that do not stream.
  const { Writable } = require('node:stream');
  const { finished } = require('node:stream/promises');
  const pieces = [];
  const stream = new Writable({
    write(chunk, encoding, done) {
      pieces.push(Buffer.from(chunk, encoding));
      done();
    },
  });
  const write = stream.write.bind(stream);
  const isBytes = (chunk) => typeof chunk === 'string' || chunk instanceof Uint8Array;
  stream.write = (chunk, ...rest) => write(isBytes(chunk) ? chunk : JSON.stringify(chunk), ...rest);
  const properties = { pieces, contentType: 'application/octet-stream', finished: finished(stream) };
  // A stream that the handler destroys fails through the handler or the check for its end.
  properties.finished.catch(() => {});
  return Object.assign(stream, properties, { setContentType: (type) => (stream.contentType = type) });
}

module.exports = { installStreaming, isStreaming, collect };
