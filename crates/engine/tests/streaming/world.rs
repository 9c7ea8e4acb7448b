//! An engine with real sandboxes and a function in Node.js that streams as it is told.

use std::io::{Cursor, Write};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lambent_domain::arn::{AccountId, FunctionArn, FunctionName, Region};
use lambent_domain::configuration::{FunctionConfiguration, LogFormat, LoggingConfig};
use lambent_domain::disposition::{EventInvokeConfig, RetrySchedule};
use lambent_domain::function::FunctionVersion;
use lambent_domain::invocation::Invocation;
use lambent_domain::qualifier::Version;
use lambent_domain::request_id::RequestId;
use lambent_domain::runtime::Runtime;
use lambent_domain::time::Timestamp;
use lambent_engine::clock::SystemClock;
use lambent_engine::logs::{LogLimits, LogStore};
use lambent_engine::runtimes::{self, Runtimes};
use lambent_engine::{Engine, EngineOptions, Parts, ResponseStream, Streaming};
use lambent_sandbox::{Network, Spawner};
use lambent_store::code::StoredPackage;
use lambent_store::embedded::{EmbeddedStore, Options};
use tempfile::TempDir;
use uuid::Uuid;

const FUNCTION: &str = include_str!("function.cjs");
/// Much longer than anything here takes; who waits this long has found a hang.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct World {
    pub(crate) engine: Engine,
    runtime: Runtime,
    package: StoredPackage,
    _store: EmbeddedStore,
    _data: TempDir,
}

impl World {
    pub(crate) async fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let clock = Arc::new(SystemClock);
        let store =
            EmbeddedStore::open(&data.path().join("store"), Options::default(), clock.clone()).unwrap();
        let scratch_dir = data.path().join("scratch");
        std::fs::create_dir(&scratch_dir).unwrap();
        let options = lambent_sandbox::Options { scratch_dir, ..Default::default() };
        let path = std::env::var_os("PATH").unwrap_or_default();
        let found =
            Runtimes::discover(runtimes::Options { path, home: std::env::home_dir(), extra: Vec::new() });
        let installed = found.installed().await;
        let node = installed.iter().find(|one| one.identifier.starts_with("nodejs")).unwrap();
        let runtime = Runtime::new(node.identifier.as_str());
        let package = store.code.put(&zip()).unwrap();
        let parts = Parts {
            resources: store.resources.clone(),
            queue: store.events.clone(),
            code: store.code.clone(),
            logs: LogStore::open(data.path().join("logs"), LogLimits::default(), clock.clone()).unwrap(),
            runtimes: Arc::new(found),
            spawner: Spawner::new(options).unwrap(),
            clock,
            private_api: None,
        };
        let engine = Engine::start(engine_options(), parts);
        Self { engine, runtime, package, _store: store, _data: data }
    }

    /// The function with this handler and timeout.
    pub(crate) fn function(&self, handler: &str, timeout_secs: u32) -> Arc<FunctionVersion> {
        Arc::new(FunctionVersion {
            configuration: FunctionConfiguration {
                runtime: Some(self.runtime.clone()),
                handler: Some(format!("index.{handler}")),
                timeout_secs,
                memory_mb: 256,
                logging: LoggingConfig {
                    format: LogFormat::Json,
                    system_level: Some("DEBUG".to_owned()),
                    ..LoggingConfig::default()
                },
                ..FunctionConfiguration::new(FunctionName::new("streams").unwrap())
            },
            version: Version::Latest,
            code: self.package.package.clone(),
            revision_id: Uuid::new_v4(),
            last_modified: Timestamp::from_millis(0),
        })
    }

    pub(crate) async fn begin(&self, version: &Arc<FunctionVersion>, event: &'static str) -> ResponseStream {
        match self.call(version, event).await {
            Streaming::Begun(response) => response,
            Streaming::Failed { failure, .. } => panic!("{failure:?}"),
        }
    }

    pub(crate) async fn call(&self, version: &Arc<FunctionVersion>, event: &'static str) -> Streaming {
        let call = self.engine.invoke_streaming(invocation(version, event));
        tokio::time::timeout(PATIENCE, call).await.unwrap().unwrap()
    }
}

pub(crate) fn invocation(version: &Arc<FunctionVersion>, event: &'static str) -> Invocation {
    let EngineOptions { region, account, .. } = engine_options();
    Invocation {
        request_id: RequestId::from(Uuid::new_v4()),
        version: Arc::clone(version),
        invoked_arn: FunctionArn {
            region,
            account,
            name: version.configuration.name.clone(),
            qualifier: None,
        },
        payload: Bytes::from_static(event.as_bytes()),
        trace: None,
        client_context: None,
        tenant_id: None,
    }
}

fn engine_options() -> EngineOptions {
    EngineOptions {
        region: Region::new("us-east-1").unwrap(),
        account: AccountId::new("000000000000").unwrap(),
        concurrency_limit: 10,
        idle_timeout: PATIENCE,
        lifetime_max: Duration::from_secs(7_200),
        network: Network::None,
        retries: RetrySchedule::default(),
        events: EventInvokeConfig::default(),
        stream_bytes_per_second: None,
    }
}

fn zip() -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("index.js", zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(FUNCTION.as_bytes()).unwrap();
    writer.finish().unwrap().into_inner()
}
