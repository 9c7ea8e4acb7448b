//! A streamed response from a function's own code to the engine's caller, through real sandboxes.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

mod world;

use std::process::ExitCode;
use std::time::Duration;

use lambent_domain::outcome::{FailureKind, Outcome};
use lambent_domain::qualifier::Version;
use lambent_engine::{ResponseStream, StreamEnd, Streaming};
use libtest_mimic::{Arguments, Trial};
use serde_json::Value;
use world::{PATIENCE, World, invocation};

fn main() -> ExitCode {
    // A sandbox's first process is this program again.
    if std::env::args().nth(1).as_deref() == Some("sandbox-init") {
        return lambent_sandbox::sandbox_init_main();
    }
    let tests: [(&str, fn()); 8] = [
        ("chunks_come_while_the_function_runs", || block_on(chunks_come_while_the_function_runs())),
        ("plain_invoke_collects_and_one_piece_is_one_chunk", || {
            block_on(plain_invoke_collects_and_one_piece_is_one_chunk());
        }),
        ("an_error_before_the_first_byte_is_an_ordinary_one", || {
            block_on(an_error_before_the_first_byte_is_an_ordinary_one());
        }),
        ("an_error_in_the_middle_ends_the_stream", || block_on(an_error_in_the_middle_ends_the_stream())),
        ("a_process_that_dies_in_the_middle_ends_the_stream", || {
            block_on(a_process_that_dies_in_the_middle_ends_the_stream());
        }),
        ("a_timeout_in_the_middle_ends_the_stream", || block_on(a_timeout_in_the_middle_ends_the_stream())),
        ("a_caller_who_does_not_read_runs_the_function_into_its_timeout", || {
            block_on(a_caller_who_does_not_read_runs_the_function_into_its_timeout());
        }),
        ("a_function_runs_on_without_its_caller", || block_on(a_function_runs_on_without_its_caller())),
    ];
    let trials = tests.map(|(name, test)| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit_code()
}

fn block_on(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(test);
    runtime.shutdown_timeout(Duration::from_secs(10));
}

/// Everything that comes, and how it ends.
async fn rest(mut response: ResponseStream) -> (String, StreamEnd) {
    let reading = async {
        let mut text = Vec::new();
        while let Some(chunk) = response.next().await {
            assert!(!chunk.is_empty());
            text.extend_from_slice(&chunk);
        }
        (String::from_utf8(text).unwrap(), response.end().await.unwrap())
    };
    tokio::time::timeout(PATIENCE, reading).await.unwrap()
}

/// The record of this type in a log's tail.
fn record(log_tail: &[u8], kind: &str) -> Value {
    let tail = std::str::from_utf8(log_tail).unwrap();
    // A record of the function's may end without a line's end.
    let mut records = serde_json::Deserializer::from_str(tail).into_iter::<Value>().map_while(Result::ok);
    let found = records.find(|record| record["type"] == kind);
    let found = found.unwrap_or_else(|| panic!("no {kind} in {tail}"));
    found["record"].clone()
}

async fn chunks_come_while_the_function_runs() {
    let world = World::start().await;
    let function = world.function("streams", 60);
    let mut response = world.begin(&function, r#"{"http":true,"megabytes":32}"#).await;
    // Far more than fits on the way is still to be sent.
    assert_eq!(world.engine.stats().concurrent_executions, 1);
    assert_eq!(response.executed_version(), Version::Latest);
    let content_type = response.content_type().unwrap().to_str().unwrap().to_owned();
    assert_eq!(content_type, "application/vnd.awslambda.http-integration-response");
    let first = response.next().await.unwrap();
    let prelude = b"{\"statusCode\":201}\0\0\0\0\0\0\0\0";
    assert!(first.starts_with(prelude), "{first:?}");
    let (text, end) = rest(response).await;
    assert!(text.ends_with("x and last 1"));
    let bytes = first.len() + text.len();
    assert_eq!(bytes, prelude.len() + "first and last 1".len() + (32 << 20));
    assert_eq!(end.failure, None);
    let done = record(&end.log_tail, "platform.runtimeDone");
    assert_eq!((&done["status"], &done["metrics"]["producedBytes"]), (&"success".into(), &bytes.into()));
    assert_eq!(record(&end.log_tail, "platform.report")["status"], "success");
    // The environment is warm and runs again.
    let (text, _) = rest(world.begin(&function, "{}").await).await;
    assert_eq!(text, "first and last 2");
    let stats = world.engine.stats();
    assert_eq!((stats.invocations, stats.errors, stats.environments_started), (2, 0, 1));
}

async fn plain_invoke_collects_and_one_piece_is_one_chunk() {
    let world = World::start().await;
    let (streams, whole) = (world.function("streams", 60), world.function("whole", 60));
    let completion = world.engine.invoke(invocation(&streams, "{}")).await.unwrap();
    assert_eq!(completion.content_type.unwrap(), "application/octet-stream");
    let Outcome::Returned { payload } = completion.outcome else { panic!("it returned") };
    assert_eq!(payload, "first and last 1");
    let completion = world.engine.invoke(invocation(&streams, r#"{"after":"midway"}"#)).await.unwrap();
    let Outcome::Failed(failure) = completion.outcome else { panic!("it failed") };
    assert_eq!(failure.message, "midway");
    let mut response = world.begin(&whole, "[1]").await;
    assert_eq!(response.content_type().unwrap(), "application/json");
    assert_eq!(response.next().await.unwrap(), r#"{"event":[1]}"#);
    let (text, end) = rest(response).await;
    assert_eq!((text.as_str(), end.failure), ("", None));
}

async fn an_error_before_the_first_byte_is_an_ordinary_one() {
    let world = World::start().await;
    let function = world.function("streams", 60);
    let failed = world.call(&function, r#"{"http":true,"before":"too early"}"#).await;
    let Streaming::Failed { failure, executed_version, log_tail } = failed else { panic!("it has begun") };
    assert_eq!((failure.message.as_str(), executed_version), ("too early", Version::Latest));
    assert_eq!(record(&log_tail, "platform.runtimeDone")["status"], "failure");
    let missing = world.function("missing", 60);
    let failed = world.call(&missing, "{}").await;
    let Streaming::Failed { failure, .. } = failed else { panic!("it has begun") };
    assert_eq!(failure.kind, FailureKind::Raised("Runtime.HandlerNotFound".to_owned()));
}

async fn an_error_in_the_middle_ends_the_stream() {
    let world = World::start().await;
    let function = world.function("streams", 60);
    let (text, end) = rest(world.begin(&function, r#"{"after":"midway"}"#).await).await;
    assert_eq!(text, "first");
    let failure = end.failure.unwrap();
    let error: Value = serde_json::from_slice(&failure.payload).unwrap();
    assert_eq!((&error["errorType"], &error["errorMessage"]), (&"RangeError".into(), &"midway".into()));
    assert_eq!(record(&end.log_tail, "platform.runtimeDone")["status"], "failure");
    assert_eq!(world.engine.stats().errors, 1);
    // Its process is as good as before.
    let (text, _) = rest(world.begin(&function, "{}").await).await;
    assert_eq!((text.as_str(), world.engine.stats().environments_started), ("first and last 1", 1));
}

async fn a_process_that_dies_in_the_middle_ends_the_stream() {
    let world = World::start().await;
    let function = world.function("streams", 60);
    let (text, end) = rest(world.begin(&function, r#"{"exit":3}"#).await).await;
    assert_eq!(text, "first");
    let failure = end.failure.unwrap();
    assert_eq!(failure.kind, FailureKind::RuntimeExited);
    assert!(failure.message.ends_with("Error: Runtime exited with error: exit status 3"), "{failure:?}");
    let (text, end) = rest(world.begin(&function, "{}").await).await;
    assert_eq!((text.as_str(), end.failure), ("first and last 1", None));
}

async fn a_timeout_in_the_middle_ends_the_stream() {
    let world = World::start().await;
    let function = world.function("streams", 4);
    let (text, end) = rest(world.begin(&function, r#"{"hang":true}"#).await).await;
    assert_eq!(text, "first");
    let failure = end.failure.unwrap();
    assert_eq!(failure.kind, FailureKind::Timeout);
    assert!(failure.message.ends_with("Error: Task timed out after 4.00 seconds"), "{failure:?}");
    assert_eq!(record(&end.log_tail, "platform.report")["status"], "timeout");
}

async fn a_caller_who_does_not_read_runs_the_function_into_its_timeout() {
    let world = World::start().await;
    let function = world.function("streams", 4);
    let response = world.begin(&function, r#"{"megabytes":64}"#).await;
    wait_until_free(&world).await;
    let (text, end) = rest(response).await;
    assert!(text.len() < 2 << 20, "{} bytes were kept for a caller who did not read", text.len());
    assert_eq!(end.failure.unwrap().kind, FailureKind::Timeout);
}

async fn a_function_runs_on_without_its_caller() {
    let world = World::start().await;
    let function = world.function("streams", 60);
    drop(world.begin(&function, r#"{"megabytes":32}"#).await);
    wait_until_free(&world).await;
    let (text, _) = rest(world.begin(&function, "{}").await).await;
    assert_eq!(text, "first and last 2", "the run before came to its end");
    let stats = world.engine.stats();
    assert_eq!((stats.invocations, stats.errors, stats.environments_started), (2, 0, 1));
}

/// Until nothing runs any more.
async fn wait_until_free(world: &World) {
    let free = async {
        while world.engine.stats().concurrent_executions > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, free).await.unwrap();
}
