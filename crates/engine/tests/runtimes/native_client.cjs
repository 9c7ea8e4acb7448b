// Stands in for the compiled half of AWS's Node.js client, which is libcurl behind four functions: loaded with
// `node --require`, it answers for `rapid-client.node`. As there, answers are posted before the call returns.

'use strict';

const { spawnSync } = require('node:child_process');
const http = require('node:http');
const Module = require('node:module');

const base = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation/`;
const POST = `
  const [url, headers] = process.argv.slice(1);
  const body = require('node:fs').readFileSync(0);
  const request = require('node:http').request(url, { method: 'POST', headers: JSON.parse(headers) });
  request.end(body);
`;

function post(path, body, headers) {
  const done = spawnSync(process.execPath, ['-e', POST, base + path, JSON.stringify(headers)], { input: body });
  if (done.status !== 0) throw new Error(String(done.stderr));
}

Module._extensions['.node'] = (module) => {
  module.exports = {
    next: () =>
      new Promise((resolve, reject) => {
        http.get(`${base}next`, async (response) => {
          response.setEncoding('utf8');
          let bodyJson = '';
          for await (const chunk of response) bodyJson += chunk;
          // Header values are UTF-8; Node reads them as Latin-1.
          const text = (value) => Buffer.from(value, 'latin1').toString('utf8');
          const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, text(value)]));
          resolve({ bodyJson, headers });
        }).on('error', reject);
      }),
    done: (id, body) => post(`${id}/response`, body, { 'Content-Type': 'application/json' }),
    error: (id, body) => post(`${id}/error`, body, { 'Content-Type': 'application/json' }),
  };
};
