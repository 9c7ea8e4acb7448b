// What went wrong, as the caller, the log and the tracing service get it.

'use strict';

const { isNativeError } = require('node:util').types;

const TRAILER_BYTES_MAX = 64 * 1024;
const TRAILER_MESSAGE_LENGTH_MAX = 4096;

const faults = {};
const NAMES = [
  'ImportModuleError',
  'HandlerNotFound',
  'InvalidStreamingOperation',
  'MalformedHandlerName',
  'UserCodeSyntaxError',
];
for (const name of NAMES) {
  // The computed key names the class, which JSON log records show.
  const named = { [name]: class extends Error {} };
  faults[name] = named[name];
  faults[name].prototype.name = `Runtime.${name}`;
}

class UnhandledPromiseRejection extends Error {
  constructor(reason, promise) {
    super(reason);
    this.reason = reason;
    this.promise = promise;
  }
}
UnhandledPromiseRejection.prototype.name = 'Runtime.UnhandledPromiseRejection';

// Errors of another realm (`vm`) are no instances of this one's Error.
function looksLikeError(value) {
  return isNativeError(value) || ['name', 'message', 'stack'].every((key) => value?.[key] && typeof value[key] === 'string');
}

// AWS writes DEL as %7F, which its own parsers would otherwise stumble over.
const printable = (text) => text?.replace(/\x7F/g, '%7F');

// The error object the caller gets.
function toBody(error) {
  try {
    if (!looksLikeError(error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
    return {
      errorType: printable(error.name),
      errorMessage: printable(error.message),
      trace: printable(error.stack).split('\n'),
    };
  } catch {
    // A getter of the error's own threw.
    return { errorType: 'handled', errorMessage: 'the error given has no readable name, message and stack' };
  }
}

// The same as JSON that fits into a trailer.
function toShortText(body) {
  const text = JSON.stringify(body);
  if (Buffer.byteLength(text) <= TRAILER_BYTES_MAX) return text;
  return JSON.stringify({ ...body, errorMessage: body.errorMessage.slice(0, TRAILER_MESSAGE_LENGTH_MAX), trace: [] });
}

// The cause in X-Ray's shape.
function toCause(error) {
  try {
    const stack = printable(error.stack ?? '').split('\n').slice(1).map(toCauseFrame);
    const exception = { type: printable(error.name), message: printable(error.message), stack };
    const paths = [...new Set(stack.map((frame) => frame.path))];
    return JSON.stringify({ working_directory: process.cwd(), exceptions: [exception], paths });
  } catch {
    return '';
  }
}

// From `    at label (path:line:column)` or `    at path:line:column`.
function toCauseFrame(line) {
  const text = line.trim().replace(/^at /, '').replace(/[()]/g, '');
  const space = text.lastIndexOf(' ');
  const [path, number] = text.slice(space + 1).split(':');
  return { path, line: parseInt(number, 10), label: space > 0 ? text.slice(0, space) : 'anonymous' };
}

// The error as it stands in a text log line: its own members too, and those of errors inside it.
function toLogText(error) {
  try {
    return JSON.stringify(error instanceof Error ? error : new Error(error), (_, value) => withMembers(value));
  } catch {
    return JSON.stringify(toBody(error));
  }
}

function withMembers(value) {
  if (!(value instanceof Error)) return value;
  const members = { errorType: value.name, errorMessage: value.message, code: value.code, ...value };
  if (typeof value.stack === 'string') members.stack = value.stack.split('\n');
  return members;
}

module.exports = { ...faults, UnhandledPromiseRejection, toBody, toCause, toLogText, toShortText };
