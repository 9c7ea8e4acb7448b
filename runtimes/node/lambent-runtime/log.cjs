// `console` as AWS patches it: text or JSON records, filtered by level, framed to the platform's descriptor so that a
// record keeps its lines, or else to stdout, one line each.

'use strict';

const fs = require('node:fs');
const { format } = require('node:util');
const { toLogText } = require('./errors.cjs');

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const JSON_FRAME = 0xa55a0002;
const TEXT_FRAME = 0xa55a0003;

// The invocation that records are attributed to.
const current = { requestId: undefined, tenantId: undefined };

function openLog() {
  const json = process.env.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON';
  const write = openSink(json ? JSON_FRAME : TEXT_FRAME);
  const toRecord = json ? jsonRecord : textRecord;
  const lowest = Math.max(0, LEVELS.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL?.toUpperCase()));
  LEVELS.forEach((level, rank) => {
    const print = (message, ...rest) => {
      const now = new Date();
      write(rank, now, toRecord(level, now.toISOString(), [message, ...rest]));
    };
    console[level.toLowerCase()] = rank < lowest ? () => {} : print;
  });
  console.log = console.info;
  const failure = json
    ? (_, error) => console.error(error instanceof Error ? error : new Error(error))
    : (title, error) => console.error(title, `\t${toLogText(error)}`);
  return { current, failure };
}

function textRecord(level, time, values) {
  return `${time}\t${current.requestId}\t${level}\t${format(...values)}\n`;
}

function jsonRecord(level, timestamp, values) {
  const record = { timestamp, level, requestId: current.requestId, tenantId: current.tenantId ?? undefined };
  if (values.length === 1) {
    try {
      return JSON.stringify({ ...record, message: values[0] }, (_, value) => errorMembers(value, true));
    } catch {
      // Circular, or a BigInt inside: then as text.
    }
  }
  record.message = format(...values);
  return JSON.stringify({ ...record, ...errorMembers(values.find((value) => value instanceof Error)) });
}

function errorMembers(value, own = false) {
  if (!(value instanceof Error)) return value;
  return {
    errorType: value.constructor?.name ?? 'UnknownError',
    errorMessage: value.message,
    stackTrace: typeof value.stack === 'string' ? value.stack.split('\n') : [],
    ...(own ? value : {}),
  };
}

// The variable is taken away: only this process may write frames.
function openSink(frameType) {
  const descriptor = process.env._LAMBDA_TELEMETRY_LOG_FD;
  delete process.env._LAMBDA_TELEMETRY_LOG_FD;
  if (descriptor === undefined) {
    return (_rank, _now, record) => process.stdout.write(`${record.replace(/\n$/, '').replace(/\n/g, '\r')}\n`);
  }
  const target = Number(descriptor);
  return (rank, now, record) => {
    const length = Buffer.byteLength(record);
    const frame = Buffer.allocUnsafe(16 + length);
    frame.writeUInt32BE((frameType | ((rank + 1) << 2)) >>> 0, 0);
    frame.writeUInt32BE(length, 4);
    frame.writeBigUInt64BE(BigInt(now.valueOf()) * 1000n, 8);
    frame.write(record, 16);
    for (let written = 0; written < frame.length; ) written += fs.writeSync(target, frame, written);
  };
}

module.exports = { openLog };
