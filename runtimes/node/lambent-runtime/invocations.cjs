// One invocation after the other: call the handler, wait for the first sign that it is done, post, ask for the next.
//
// A handler may be done in four ways: its promise settles; it calls `context.done|succeed|fail`; it calls its callback,
// which by default counts once the event loop is empty; or it does none of these and the event loop is empty.

'use strict';

const { toBody, toCause, toShortText } = require('./errors.cjs');
const { isStreaming, createResponse, stream } = require('./streaming.cjs');

const TRACE = '_X_AMZN_TRACE_ID';

class Invocations {
  #api;
  #log;
  #handler;
  #whenLoopIsEmpty;
  // Of a handler that streams.
  #response;

  constructor(api, log) {
    this.#api = api;
    this.#log = log;
  }

  async run(handler) {
    this.#handler = handler;
    for (;;) {
      const { headers, body } = await this.#api.next().catch(goneApi);
      this.#begin(headers);
      await this.#serve(headers, body);
      // A turn of the event loop between two invocations, as on AWS: callbacks that are due run first.
      await new Promise(setImmediate);
    }
  }

  // Called when nothing keeps the process alive any more, not even the connection to the Runtime API.
  loopIsEmpty() {
    const listener = this.#whenLoopIsEmpty;
    this.#whenLoopIsEmpty = undefined;
    listener?.();
  }

  // An error that ends the process: the invocation's if there was one, otherwise of the init phase.
  report(error) {
    const { requestId } = this.#log.current;
    const body = toBody(error);
    if (this.#response?.hasBegun()) {
      const fail = (upload) => this.#api.failResponse(upload, toShortText(body), body.errorType);
      // The platform's answer, or the lack of one, changes nothing.
      return this.#response.failWith(fail).catch(() => {});
    }
    const text = JSON.stringify(body);
    if (requestId === undefined) return this.#api.failInit(text, body.errorType);
    return this.#api.fail(requestId, text, body.errorType, toCause(error));
  }

  #begin(headers) {
    this.#response = undefined;
    this.#log.current.requestId = headers['lambda-runtime-aws-request-id'];
    this.#log.current.tenantId = headers['lambda-runtime-aws-tenant-id'];
    const trace = headers['lambda-runtime-trace-id'];
    if (trace === undefined) delete process.env[TRACE];
    else process.env[TRACE] = trace;
  }

  async #serve(headers, body) {
    let outcome;
    try {
      outcome = await this.#call(headers, body);
    } catch (thrown) {
      this.#whenLoopIsEmpty = undefined;
      const error = thrown ?? 'handled';
      this.#log.failure('Invoke Error', error);
      await this.report(error);
      return;
    }
    this.#whenLoopIsEmpty = undefined;
    if (outcome) await this.#api.respond(this.#log.current.requestId, outcome.body, outcome.contentType);
  }

  // Gives what there is to post; nothing for a response that has been streamed.
  async #call(headers, body) {
    const event = JSON.parse(body.toString('utf8'));
    if (isStreaming(this.#handler)) return this.#callStreaming(headers, event);
    const result = await new Promise((succeed, fail) => {
      this.#whenLoopIsEmpty = () => succeed(null);
      const context = contextOf(headers);
      const done = (error, value) => (error === undefined || error === null ? succeed(value) : fail(error));
      Object.assign(context, { succeed, fail: (error) => fail(error), done });
      const returned = this.#handler(event, context, this.#callback(context, done));
      if (typeof returned?.then === 'function') returned.then(succeed, fail);
    });
    return { body: toJson(result), contentType: 'application/json' };
  }

  #callStreaming(headers, event) {
    const { requestId } = this.#log.current;
    const response = createResponse(this.#handler, (contentType) => this.#api.openResponse(requestId, contentType));
    this.#response = response;
    return new Promise((succeed, fail) => {
      this.#whenLoopIsEmpty = () => (response.writableFinished ? succeed() : fail('Response stream is not finished.'));
      stream(this.#handler, event, response, contextOf(headers)).then(succeed, fail);
    });
  }

  #callback(context, done) {
    return (error, value) => {
      const failed = error !== undefined && error !== null;
      if (failed || !context.callbackWaitsForEmptyEventLoop) done(error, value);
      else this.#whenLoopIsEmpty = () => done(null, value);
    };
  }
}

// The environment is being taken down, or is broken. A stack of ours in the log would help nobody.
function goneApi(error) {
  process.stderr.write(`the Runtime API is gone: ${error.message}\n`);
  process.exit(1);
}

function contextOf(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parseHeader(headers['lambda-runtime-client-context'], 'ClientContext'),
    identity: parseHeader(headers['lambda-runtime-cognito-identity'], 'CognitoIdentity'),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    tenantId: headers['lambda-runtime-aws-tenant-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function parseHeader(text, name) {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`Cannot parse ${name} as json: ${error}`);
  }
}

function toJson(value) {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    throw new Error('Unable to stringify response body');
  }
}

module.exports = { Invocations };
