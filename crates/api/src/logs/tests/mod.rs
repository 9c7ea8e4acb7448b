//! The handler as a client sees it: answers on the wire, and real clients over HTTP.

mod answers;
mod clients;
mod server;

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::BodyExt;
use lambent_domain::time::{Clock, Timestamp};
use lambent_engine::logs::{LogLimits, LogRecord, LogStore};
use serde_json::Value;

use super::{Owner, handle};

/// 2025-09-02T01:03:57.352Z
const EPOCH: u64 = 1_756_775_037_352;
const GROUP: &str = "/aws/lambda/helloworld";

#[derive(Debug)]
struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(EPOCH)
    }
}

struct Fixture {
    _dir: tempfile::TempDir,
    store: LogStore,
    owner: Owner,
}

impl Fixture {
    fn new() -> Fixture {
        let dir = tempfile::tempdir().unwrap();
        let store = LogStore::open(dir.path(), LogLimits::default(), Arc::new(FixedClock)).unwrap();
        let owner = Owner { region: "us-east-1".to_owned(), account: "000000000000".to_owned() };
        Fixture { _dir: dir, store, owner }
    }

    /// Writes one event, `after_ms` after the epoch of these tests.
    fn write(&self, stream: &str, after_ms: u64, message: &str) {
        let timestamp = Timestamp::from_millis(EPOCH + after_ms);
        self.store.writer(GROUP, stream).append(&[LogRecord { timestamp, message: message.as_bytes() }]);
    }

    /// The status and the body.
    async fn call(&self, operation: &str, request: Value) -> (u16, Value) {
        self.send(Some(&format!("Logs_20140328.{operation}")), request.to_string()).await
    }

    async fn send(&self, target: Option<&str>, body: impl Into<Bytes>) -> (u16, Value) {
        let answer = handle(&self.store, &self.owner, target, body.into()).await;
        assert_eq!(answer.headers()["content-type"], "application/x-amz-json-1.1");
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap())
    }
}
