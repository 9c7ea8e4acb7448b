// Entry point of Lambent's Node.js runtime: `bootstrap.cjs TASK_ROOT`.
//
// CommonJS, and few modules of Node's own: each costs time at every cold start. `node:net` is needed in any case; the
// small HTTP client on top of it starts faster and spends less per invocation than `node:http`.

'use strict';

const { RuntimeApi } = require('./lambent-runtime/runtime-api.cjs');
const { openLog } = require('./lambent-runtime/log.cjs');
const { UnhandledPromiseRejection } = require('./lambent-runtime/errors.cjs');
const { Invocations } = require('./lambent-runtime/invocations.cjs');
const { load } = require('./lambent-runtime/user-function.cjs');

const EXIT_UNHANDLED_REJECTION = 128;
const EXIT_UNCAUGHT_EXCEPTION = 129;

async function main() {
  const [taskRoot] = process.argv.splice(2);
  const log = openLog();
  const api = new RuntimeApi(process.env.AWS_LAMBDA_RUNTIME_API);
  const invocations = new Invocations(api, log);

  const die = async (title, error, code) => {
    log.failure(title, error);
    try {
      await invocations.report(error);
    } finally {
      process.exit(code);
    }
  };
  process.on('uncaughtException', (error) => die('Uncaught Exception', error, EXIT_UNCAUGHT_EXCEPTION));
  process.on('unhandledRejection', (reason, promise) => {
    const error = new UnhandledPromiseRejection(reason, promise);
    die('Unhandled Promise Rejection', error, EXIT_UNHANDLED_REJECTION);
  });
  process.on('beforeExit', () => invocations.loopIsEmpty());

  let handler;
  try {
    handler = await load(taskRoot, process.env._HANDLER ?? '');
  } catch (error) {
    await die('Uncaught Exception', error, EXIT_UNCAUGHT_EXCEPTION);
  }
  invocations.run(handler);
}

main();
