//! An engine over a store in a temporary directory, and functions in Python to put into it.

use bytes::Bytes;
use lambent_domain::arn::{AccountId, FunctionArn, FunctionName, Region};
use lambent_domain::configuration::FunctionConfiguration;
use lambent_domain::disposition::{EventInvokeConfig, RetrySchedule};
use lambent_domain::event::{Event, EventRequest, EventStatus, Priority, accept};
use lambent_domain::function::{CodePackage, Function, FunctionVersion, ProvisionedConcurrency};
use lambent_domain::invocation::Invocation;
use lambent_domain::invocation_record::OutgoingRecord;
use lambent_domain::outcome::Outcome;
use lambent_domain::qualifier::{Qualifier, Version};
use lambent_domain::request_id::RequestId;
use lambent_domain::runtime::Runtime;
use lambent_domain::tenant::TenantId;
use lambent_domain::time::{Clock, Timestamp};
use lambent_engine::clock::SystemClock;
use lambent_engine::logs::{LogLimits, LogStore};
use lambent_engine::runtimes::{self, Runtimes};
use lambent_engine::{
    Completion, Engine, EngineOptions, Parts, ProvisionedState, ProvisionedStatus, Refusal,
};
use lambent_sandbox::{Level, Network, Spawner};
use lambent_store::embedded::{EmbeddedStore, Options};
use lambent_store::outbox::Outbox;
use lambent_store::queue::EventQueue;
use std::io::{Cursor, Write};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct World {
    dir: TempDir,
    store: EmbeddedStore,
    runtimes: Arc<Runtimes>,
    pub(crate) engine: Engine,
    /// Whether sandboxes have a root of their own here.
    pub(crate) confined: bool,
    python: String,
    retries: RetrySchedule,
}

impl World {
    /// At most `limit` invocations at a time.
    pub(crate) async fn new(limit: usize) -> Self {
        Self::with_retries(limit, RetrySchedule::default()).await
    }

    /// With other pauses before retries.
    pub(crate) async fn with_retries(limit: usize, retries: RetrySchedule) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(SystemClock);
        let store = EmbeddedStore::open(&dir.path().join("store"), Options::default(), clock).unwrap();
        let path = "/usr/local/bin:/usr/bin:/bin".into();
        let runtimes =
            Arc::new(Runtimes::discover(runtimes::Options { path, ..runtimes::Options::default() }));
        let installed = runtimes.installed().await;
        let python = installed.iter().find(|runtime| runtime.identifier.starts_with("python"));
        let python = python.unwrap_or_else(|| panic!("no Python on this host")).identifier.clone();
        let engine = engine(&dir, &store, &runtimes, limit, retries);
        let scratch_dir = dir.path().to_owned();
        let spawner = Spawner::new(lambent_sandbox::Options { scratch_dir, ..Default::default() }).unwrap();
        let confined = spawner.level() == Level::Confined;
        Self { dir, store, runtimes, engine, confined, python, retries }
    }

    /// The same store under a new engine.
    pub(crate) async fn restart(&mut self, limit: usize) {
        self.engine.drain(PATIENCE).await;
        self.engine = engine(&self.dir, &self.store, &self.runtimes, limit, self.retries);
    }

    /// A package of files.
    pub(crate) fn package(&self, files: &[(&str, &str)]) -> CodePackage {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let executable = zip::write::SimpleFileOptions::default().unix_permissions(0o755);
        for (name, text) in files {
            zip.start_file(*name, executable).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        let zip = zip.finish().unwrap().into_inner();
        // A function or layer names it before anything is collected.
        self.store.code.put(&zip).unwrap().package.clone()
    }

    /// A version of a function in Python; `main.handler` is its handler.
    pub(crate) fn version(&self, name: &str, version: Version, source: &str) -> FunctionVersion {
        let mut configuration = FunctionConfiguration::new(FunctionName::new(name).unwrap());
        configuration.runtime = Some(Runtime::new(&self.python));
        configuration.handler = Some("main.handler".to_owned());
        configuration.timeout_secs = 30;
        FunctionVersion {
            configuration,
            version,
            code: self.package(&[("main.py", source)]),
            revision_id: Uuid::new_v4(),
            last_modified: Timestamp::from_millis(1),
        }
    }

    /// Stores a new function and tells the engine.
    pub(crate) async fn create(&self, function: Function) -> FunctionName {
        let name = function.name.clone();
        self.store.resources.functions.create(function).await.unwrap();
        self.engine.function_changed(&name);
        name
    }

    /// Stores a change and tells the engine.
    pub(crate) async fn change(&self, name: &FunctionName, change: impl FnOnce(&mut Function)) {
        let mut function = Function::clone(&self.find(name));
        change(&mut function);
        self.store.resources.functions.replace(function).await.unwrap();
        self.engine.function_changed(name);
    }

    pub(crate) fn find(&self, name: &FunctionName) -> Arc<Function> {
        self.store.resources.functions.find(name.as_str()).unwrap()
    }

    pub(crate) async fn invoke(
        &self,
        name: &FunctionName,
        qualifier: &str,
        tenant: Option<&str>,
    ) -> Result<Completion, Refusal> {
        self.invoke_in(name, qualifier, tenant, None).await
    }

    /// The same with a trace context.
    pub(crate) async fn invoke_in(
        &self,
        name: &FunctionName,
        qualifier: &str,
        tenant: Option<&str>,
        trace: Option<&str>,
    ) -> Result<Completion, Refusal> {
        let qualifier = Qualifier::from(qualifier);
        let version = Arc::clone(self.find(name).resolve(Some(&qualifier), 0).unwrap());
        let invocation = Invocation {
            request_id: RequestId::from_bytes(*Uuid::new_v4().as_bytes()),
            version,
            invoked_arn: FunctionArn {
                region: Region::new("us-east-1").unwrap(),
                account: AccountId::new("000000000000").unwrap(),
                name: name.clone(),
                qualifier: Some(qualifier),
            },
            payload: Bytes::from_static(b"{}"),
            trace: trace.map(str::to_owned),
            client_context: None,
            tenant_id: tenant.map(|tenant| TenantId::parse(tenant).unwrap()),
        };
        self.engine.invoke(invocation).await
    }

    /// What the function returned, as text.
    pub(crate) async fn call(&self, name: &FunctionName, qualifier: &str) -> String {
        text(&self.invoke(name, qualifier, None).await.unwrap())
    }

    /// Puts an event into the queue.
    pub(crate) async fn enqueue(&self, name: &FunctionName, qualifier: &str) -> RequestId {
        self.enqueue_in(name, qualifier, None).await
    }

    /// The same with a trace context.
    pub(crate) async fn enqueue_in(
        &self,
        name: &FunctionName,
        qualifier: &str,
        trace: Option<&str>,
    ) -> RequestId {
        let request = EventRequest {
            request_id: RequestId::from_bytes(*Uuid::new_v4().as_bytes()),
            function: name.clone(),
            qualifier: Some(Qualifier::from(qualifier)),
            payload: Bytes::new(),
            trace: trace.map(str::to_owned),
            tenant_id: None,
            priority: Priority::Normal,
            not_before: None,
        };
        let event: Event = accept(request, SystemClock.now());
        let request_id = event.request_id;
        self.store.events.enqueue(event).await.unwrap();
        request_id
    }

    /// What is known of an event.
    pub(crate) async fn status(&self, request_id: RequestId) -> EventStatus {
        self.store.events.status(request_id).await.unwrap().unwrap()
    }

    /// Waits until so many records are on their way, and takes them.
    pub(crate) async fn records(&self, count: usize) -> Vec<OutgoingRecord> {
        let mut records = Vec::new();
        while records.len() < count {
            let due = self.store.events.receive_records(count, PATIENCE * 2);
            let due = tokio::time::timeout(PATIENCE, due).await.unwrap();
            records.extend(due.into_iter().map(|delivery| delivery.outgoing));
        }
        records
    }

    /// Waits until an event is settled.
    pub(crate) async fn settled(&self, request_id: RequestId) -> EventStatus {
        until("an event to be settled", async || {
            let status = self.store.events.status(request_id).await.unwrap()?;
            status.settled_at.is_some().then_some(status)
        })
        .await
    }

    pub(crate) fn provisioned(&self, name: &FunctionName, qualifier: &str) -> Option<ProvisionedStatus> {
        self.engine.provisioned(name, &Qualifier::from(qualifier))
    }

    /// Waits until provisioned concurrency is in this state.
    pub(crate) async fn until_provisioned(
        &self,
        name: &FunctionName,
        qualifier: &str,
        state: ProvisionedState,
    ) -> ProvisionedStatus {
        until(&format!("{state:?}"), async || {
            self.provisioned(name, qualifier).filter(|status| status.state == state)
        })
        .await
    }
}

/// The setting of provisioned concurrency.
pub(crate) fn provision(requested: u32) -> ProvisionedConcurrency {
    ProvisionedConcurrency { requested, last_modified: Timestamp::from_millis(1) }
}

/// The payload of a call that returned.
pub(crate) fn text(completion: &Completion) -> String {
    match &completion.outcome {
        Outcome::Returned { payload } => serde_json::from_slice::<String>(payload)
            .unwrap_or_else(|_| String::from_utf8_lossy(payload).into()),
        Outcome::Failed(failure) => panic!("{failure:?}"),
    }
}

/// Looks again and again until there is something, or fails. For things that nobody announces.
pub(crate) async fn until<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let found = tokio::time::timeout(PATIENCE, looking).await;
    found.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

fn engine(
    dir: &TempDir,
    store: &EmbeddedStore,
    runtimes: &Arc<Runtimes>,
    limit: usize,
    retries: RetrySchedule,
) -> Engine {
    let clock = Arc::new(SystemClock);
    let fresh = |name: &str| {
        let path = dir.path().join(format!("{name}-{}", Uuid::new_v4().simple()));
        std::fs::create_dir(&path).unwrap();
        path
    };
    let options = EngineOptions {
        region: Region::new("us-east-1").unwrap(),
        account: AccountId::new("000000000000").unwrap(),
        concurrency_limit: limit,
        idle_timeout: Duration::from_secs(600),
        lifetime_max: Duration::from_secs(3_600),
        network: Network::None,
        retries,
        events: EventInvokeConfig::default(),
        stream_bytes_per_second: None,
    };
    let scratch_dir = fresh("scratch");
    let parts = Parts {
        resources: store.resources.clone(),
        queue: store.events.clone(),
        code: store.code.clone(),
        logs: LogStore::open(fresh("logs"), LogLimits::default(), clock.clone()).unwrap(),
        runtimes: Arc::clone(runtimes),
        spawner: Spawner::new(lambent_sandbox::Options { scratch_dir, ..Default::default() }).unwrap(),
        clock,
        private_api: None,
    };
    Engine::start(options, parts)
}
