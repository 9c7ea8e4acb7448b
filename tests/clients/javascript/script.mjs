// The common script of the clients, with the SDK for JavaScript, version 3.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import http from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  InvokeAsyncCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  LambdaClient,
  PublishVersionCommand,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";

const name = "from-javascript";
const client = new LambdaClient({ maxAttempts: 1 });
const text = (bytes) => new TextDecoder().decode(bytes);

async function create() {
  const made = await client.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: process.env.LAMBENT_TEST_RUNTIME,
      Role: "arn:aws:iam::000000000000:role/test",
      Handler: "app.handler",
      Code: { ZipFile: readFileSync(process.env.LAMBENT_TEST_PACKAGE) },
    }),
  );
  assert.equal(made.Version, "$LATEST");
  await waitUntilFunctionActiveV2({ client, maxWaitTime: 30, minDelay: 1 }, { FunctionName: name });
}

async function publish() {
  const version = await client.send(new PublishVersionCommand({ FunctionName: name }));
  assert.equal(version.Version, "1");
  const alias = await client.send(new CreateAliasCommand({ FunctionName: name, Name: "live", FunctionVersion: "1" }));
  assert(alias.AliasArn.endsWith(`:function:${name}:live`), alias.AliasArn);
  await allow({ Qualifier: "live", StatementId: "bucket", Action: "lambda:InvokeFunction", Principal: "s3.amazonaws.com" });
}

async function allow(statement) {
  const said = await client.send(new AddPermissionCommand({ FunctionName: name, ...statement }));
  assert.equal(JSON.parse(said.Statement).Sid, statement.StatementId);
}

// Gives the request ids of the accepted events.
async function invoke() {
  const call = (more) =>
    client.send(new InvokeCommand({ FunctionName: name, Qualifier: "live", Payload: '{"n":1}', ...more }));
  const said = await call({ LogType: "Tail" });
  assert.deepEqual([said.StatusCode, said.ExecutedVersion], [200, "1"]);
  assert.deepEqual(JSON.parse(text(said.Payload)).event, { n: 1 });
  assert(Buffer.from(said.LogResult, "base64").includes("REPORT RequestId"));
  const queued = await call({ InvocationType: "Event" });
  assert.equal(queued.StatusCode, 202);
  assert.equal((await call({ InvocationType: "DryRun" })).StatusCode, 204);
  const old = await client.send(new InvokeAsyncCommand({ FunctionName: `${name}:live`, InvokeArgs: '{"n":2}' }));
  assert.equal(old.Status, 202);
  const nobody = client.send(new InvokeCommand({ FunctionName: "nobody" }));
  await assert.rejects(nobody, { name: "ResourceNotFoundException" });
  await stream();
  return [queued.$metadata.requestId, old.$metadata.requestId];
}

async function stream() {
  const said = await client.send(new InvokeWithResponseStreamCommand({ FunctionName: name, Payload: '{"n":3}' }));
  let body = "";
  let complete = false;
  for await (const event of said.EventStream) {
    body += event.PayloadChunk ? text(event.PayloadChunk.Payload) : "";
    complete ||= Boolean(event.InvokeComplete) && !event.InvokeComplete.ErrorCode;
  }
  assert.deepEqual(JSON.parse(body).event, { n: 3 });
  assert(complete);
}

async function callUrl() {
  await allow({ StatementId: "url", Action: "lambda:InvokeFunctionUrl", Principal: "*", FunctionUrlAuthType: "NONE" });
  await allow({ StatementId: "by-url", Action: "lambda:InvokeFunction", Principal: "*", InvokedViaFunctionUrl: true });
  const made = await client.send(new CreateFunctionUrlConfigCommand({ FunctionName: name, AuthType: "NONE" }));
  // Its name need not be known to this machine's resolver: the server is where the endpoint is.
  const headers = { host: new URL(made.FunctionUrl).host };
  const answer = await new Promise((resolve, reject) =>
    http.get(new URL("/there", process.env.AWS_ENDPOINT_URL), { headers }, resolve).on("error", reject),
  );
  let body = "";
  for await (const part of answer) body += part;
  assert.equal(answer.statusCode, 200, body);
  assert.equal(JSON.parse(body).event.rawPath, "/there");
}

async function readLog(ids) {
  const logs = new CloudWatchLogsClient({ maxAttempts: 1 });
  for (const deadline = Date.now() + 30_000; ; await pause(200)) {
    const said = await logs.send(new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${name}` }));
    const log = said.events.map((event) => event.message).join("");
    if (ids.every((id) => log.includes(`REPORT RequestId: ${id}`))) return;
    assert(Date.now() < deadline, log);
  }
}

await create();
await publish();
const accepted = await invoke();
await callUrl();
await readLog(accepted);
await client.send(new DeleteFunctionCommand({ FunctionName: name }));
const gone = client.send(new GetFunctionCommand({ FunctionName: name }));
await assert.rejects(gone, { name: "ResourceNotFoundException" });
console.log(JSON.stringify(accepted));
