//! The door to everything that runs code.

use crate::concurrency::Concurrency;
use crate::credentials::FunctionCredentials;
use crate::deliveries::Deliveries;
use crate::dispatcher::Dispatcher;
use crate::environment::{Run, Sandboxes, Workshop};
use crate::failures::Failures;
use crate::housekeeping;
use crate::isolation::ExecutionEnvironment;
use crate::logs::LogStore;
use crate::pauses::Pauses;
use crate::pool::{Place, Pool};
use crate::provisioned::{ProvisionedStatus, Provisioner};
use crate::response_stream::ResponseWriter;
use crate::runtimes::{RuntimeMissing, Runtimes};
use crate::seats::{Admitted, Seat};
use crate::stats::{Counters, EngineStats};
use crate::tasks::Tasks;
use bytes::Bytes;
use http::HeaderValue;
use lambent_domain::arn::{AccountId, FunctionName, Region};
use lambent_domain::disposition::{EventInvokeConfig, RetrySchedule};
use lambent_domain::function::{Function, FunctionVersion};
use lambent_domain::invocation::Invocation;
use lambent_domain::outcome::Outcome;
use lambent_domain::qualifier::{Qualifier, Version};
use lambent_domain::time::Clock;
use lambent_sandbox::{Network, Spawner};
use lambent_store::code::CodeStore;
use lambent_store::queue::EventQueue;
use lambent_store::resources::{FunctionStore, Resources};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// What the operator can set.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// The region functions believe to be in.
    pub region: Region,
    /// The account they believe to belong to.
    pub account: AccountId,
    /// Most invocations at a time; see [`crate::concurrency::default_limit`].
    pub concurrency_limit: usize,
    /// How long an environment may wait for work before it is ended.
    pub idle_timeout: Duration,
    /// How old an environment may become, so that what it was given at its start never runs out. It ends between two
    /// invocations.
    pub lifetime_max: Duration,
    /// What functions reach over the network.
    pub network: Network,
    /// How retries are spaced.
    pub retries: RetrySchedule,
    /// Retries and age of every function's events.
    pub events: EventInvokeConfig,
    /// What a streamed response is slowed down to after its first 6 MB; AWS's figure is 2 MB a second. None leaves it
    /// as fast as its caller.
    pub stream_bytes_per_second: Option<u64>,
}

/// The parts the engine works with.
#[derive(Debug)]
pub struct Parts {
    /// The functions and layers.
    pub resources: Resources,
    /// The accepted events.
    pub queue: Arc<dyn EventQueue>,
    /// The code packages.
    pub code: Arc<CodeStore>,
    /// The functions' logs.
    pub logs: LogStore,
    /// The language runtimes of this host.
    pub runtimes: Arc<Runtimes>,
    /// Builds sandboxes.
    pub spawner: Spawner,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// What functions can call from inside their sandboxes; none leaves the second listener unanswered.
    pub private_api: Option<Arc<dyn PrivateApi>>,
}

/// Serves the part of the Lambent API that functions may use, on a listener inside their sandbox.
pub trait PrivateApi: Send + Sync + std::fmt::Debug {
    /// Serves until `stop`. The function reaches the listener at `address`, which is not what it is bound to.
    fn serve(
        &self,
        listener: TcpListener,
        address: SocketAddr,
        stop: CancellationToken,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>>;

    /// Credentials for one new environment of this version, with the rights of its role.
    ///
    /// # Errors
    /// When there can be none now.
    fn issue(&self, version: &FunctionVersion) -> io::Result<FunctionCredentials>;
}

/// The end of a call.
#[derive(Debug)]
pub struct Completion {
    /// How it ended.
    pub outcome: Outcome,
    /// `Content-Type` of the response, as its runtime sent it.
    pub content_type: Option<HeaderValue>,
    /// The version that ran.
    pub executed_version: Version,
    /// The last 4,096 bytes of its log, from START on.
    pub log_tail: Bytes,
}

/// Why a call was not run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// As many invocations run as may.
    #[error("{0}")]
    Throttled(Throttle),
    /// The function's runtime is not installed here.
    #[error(transparent)]
    RuntimeMissing(#[from] RuntimeMissing),
    /// It would be one too many of the function in a chain of calls; the number is how many there may be.
    #[error("function has {0} invocations in this chain of calls already")]
    Recursion(u32),
    /// The server is shutting down.
    #[error("server is shutting down")]
    ShuttingDown,
    /// A fault of ours or the host's; the cause is in the server's log.
    #[error("failed to start an execution environment")]
    EnvironmentFailed,
}

/// Whose limit it is that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Throttle {
    /// That of all functions without a reservation together.
    #[error("concurrency limit reached")]
    Account,
    /// The function's reserved concurrency.
    #[error("reserved concurrency of the function reached")]
    ReservedConcurrency,
}

/// Runs functions. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(crate) shared: Arc<Shared>,
    dispatcher: Dispatcher,
    functions: Arc<FunctionStore>,
    deliveries: Arc<Deliveries>,
    /// Dispatching and housekeeping: stopped first.
    work: Tasks,
    /// Environments: stopped last.
    environments: Tasks,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) workshop: Arc<Workshop>,
    pub(crate) pool: Arc<Pool>,
    pub(crate) concurrency: Concurrency,
    pub(crate) counters: Counters,
    pub(crate) provisioner: Provisioner,
    pub(crate) pauses: Pauses,
    pub(crate) failures: Failures,
    /// Invocations under way.
    pub(crate) runs: Tasks,
    /// Environments on their way back to the pool.
    pub(crate) returns: Tasks,
    pub(crate) environments: Tasks,
    /// Held while a change of a function is followed.
    following: Mutex<()>,
}

impl Engine {
    /// Puts the engine together. It takes calls; events wait until [`Engine::dispatch`].
    #[must_use]
    pub fn new(options: EngineOptions, parts: Parts) -> Self {
        let Parts { resources, queue, code, logs, runtimes, spawner, clock, private_api } = parts;
        let isolation = Arc::new(Sandboxes { spawner });
        let workshop = Workshop { options, isolation, code, runtimes, logs, clock, private_api };
        let engine = Self::over(workshop, &resources, queue);
        housekeeping::start_on_disk(&engine.work, &engine.shared, resources);
        engine
    }

    /// The engine over whatever its environments are made of.
    pub(crate) fn over(workshop: Workshop, resources: &Resources, queue: Arc<dyn EventQueue>) -> Self {
        let (work, environments) = (Tasks::new(), Tasks::new());
        let concurrency = Concurrency::new(workshop.options.concurrency_limit);
        let workshop = Arc::new(workshop);
        let shared = Arc::new(Shared {
            pool: Pool::new(concurrency.limit(), workshop.options.lifetime_max),
            workshop,
            concurrency,
            counters: Counters::default(),
            provisioner: Provisioner::new(),
            pauses: Pauses::new(),
            failures: Failures::default(),
            runs: Tasks::new(),
            returns: Tasks::new(),
            environments: environments.clone(),
            following: Mutex::new(()),
        });
        for function in resources.functions.list(None, usize::MAX) {
            shared.follow(&function.name, Some(&function));
        }
        housekeeping::start(&work, &shared);
        let functions = Arc::clone(&resources.functions);
        let dispatcher = Dispatcher::new(Arc::clone(&shared), Arc::clone(&functions), queue);
        Self { shared, dispatcher, functions, deliveries: Arc::default(), work, environments }
    }

    /// Starts running events, the unsettled ones of earlier lives first, and provisioning environments. Once, when
    /// everything is in place that a function may call.
    pub fn dispatch(&self) {
        self.shared.provisioner.start(&self.shared, &self.work);
        self.dispatcher.clone().start(&self.work);
    }

    /// [`Engine::new`] and [`Engine::dispatch`] in one.
    #[must_use]
    pub fn start(options: EngineOptions, parts: Parts) -> Self {
        let engine = Self::new(options, parts);
        engine.dispatch();
        engine
    }

    /// A synchronous call: runs a function now and waits for its end.
    ///
    /// The invocation goes on to its end even if the caller stops waiting, as in AWS.
    ///
    /// # Errors
    /// [`Refusal`] when it was not run; a failing function is an [`Outcome`], not an error.
    pub async fn invoke(&self, invocation: Invocation) -> Result<Completion, Refusal> {
        let executed_version = invocation.version.version;
        let run = self.begin(invocation, None)?.await.unwrap_or(Err(Refusal::EnvironmentFailed))?;
        let Run { outcome, content_type, log_tail, .. } = run;
        Ok(Completion { outcome, content_type, executed_version, log_tail })
    }

    /// Starts a run; the receiver gets its end. A response that the runtime streams goes into `stream`.
    pub(crate) fn begin(
        &self,
        invocation: Invocation,
        stream: Option<ResponseWriter>,
    ) -> Result<oneshot::Receiver<Result<Run, Refusal>>, Refusal> {
        let invocation = self.shared.enter(&*self.functions, invocation)?;
        let admitted = self.shared.admit(&invocation.version)?;
        let shared = Arc::clone(&self.shared);
        let (sender, receiver) = oneshot::channel();
        self.shared.runs.spawn(async move {
            let _ = sender.send(shared.run_now(&invocation, stream, admitted).await);
        });
        Ok(receiver)
    }

    pub(crate) fn options(&self) -> &EngineOptions {
        &self.shared.workshop.options
    }

    /// The functions' logs.
    #[must_use]
    pub fn logs(&self) -> &LogStore {
        &self.shared.workshop.logs
    }

    /// The language runtimes of this host.
    #[must_use]
    pub fn runtimes(&self) -> &Arc<Runtimes> {
        &self.shared.workshop.runtimes
    }

    /// What became of records on their way to destinations; the courier counts here.
    #[must_use]
    pub fn deliveries(&self) -> &Arc<Deliveries> {
        &self.deliveries
    }

    /// Counts since the start, and what runs now.
    #[must_use]
    pub fn stats(&self) -> EngineStats {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let concurrency = &self.shared.concurrency;
        let (running, provisioned) = concurrency.running();
        let counters = &self.shared.counters;
        EngineStats {
            concurrent_executions: count(running),
            provisioned_concurrent_executions: count(provisioned),
            concurrency_limit: count(concurrency.limit()),
            environments_idle: count(self.shared.pool.idle()),
            ..counters.read()
        }
    }

    /// Follows a change of a function, or its deletion: environments of revisions that it does not have any more are
    /// ended, its reservation and provisioned concurrency are those it has now, and its queue is paused or goes on.
    ///
    /// What it is now says the store: of two changes at a time the later one may be told first.
    pub fn function_changed(&self, name: &FunctionName) {
        let _one = self.shared.following.lock().unwrap_or_else(PoisonError::into_inner);
        let function = self.functions.find(name.as_str());
        let versions = function.iter().flat_map(|function| function.versions());
        self.shared.pool.retire(name, &versions.map(|version| version.revision_id).collect());
        self.shared.follow(name, function.as_deref());
    }

    /// How far the provisioned concurrency of a version or an alias is; none where none is set.
    #[must_use]
    pub fn provisioned(&self, function: &FunctionName, qualifier: &Qualifier) -> Option<ProvisionedStatus> {
        self.shared.provisioner.status(&self.shared.pool, function, qualifier)
    }

    /// Runs no more events; calls are still taken. The first step of a shutdown: what is in the queue stays there.
    pub fn stop_dispatching(&self) {
        self.work.stop();
    }

    /// Stops: nothing new is run, what runs has `at_most` to end, then every environment is ended. Events that were
    /// not settled stay in the queue. Says whether everything ended by itself.
    pub async fn drain(&self, at_most: Duration) -> bool {
        let deadline = Instant::now() + at_most;
        let left = || deadline.saturating_duration_since(Instant::now());
        self.work.stop();
        self.shared.concurrency.close();
        let stopped = self.work.finished(left()).await;
        let ended = self.shared.runs.finished(left()).await;
        if !ended {
            let cut_off = self.shared.runs.len();
            tracing::warn!(invocations = cut_off, "invocations did not end in time and are cut off");
        }
        self.shared.returns.stop();
        self.shared.pool.close();
        self.environments.stop();
        stopped && ended
    }
}

impl Shared {
    /// Takes over what a function's owner has set for its concurrency and its queue.
    fn follow(self: &Arc<Self>, name: &FunctionName, function: Option<&Function>) {
        self.concurrency.reserve(name, function.and_then(|function| function.reserved_concurrency));
        self.provisioner.follow(self, name, function);
        self.pauses.set(name, function.is_some_and(|function| function.queue_paused));
        if function.is_none() {
            self.failures.succeeded(name);
        }
    }

    /// Runs an invocation in what there is for it.
    async fn run_now(
        self: &Arc<Self>,
        invocation: &Invocation,
        stream: Option<ResponseWriter>,
        admitted: Admitted,
    ) -> Result<Run, Refusal> {
        let Seat { mut environment, place, permit } = self.seat_now(invocation, admitted).await?;
        let run = self.run_in(&mut *environment, &place, invocation, stream).await;
        // Before the answer, so that a caller who calls again finds it.
        drop(self.give_back(environment, place, permit));
        run
    }

    pub(crate) async fn run_in(
        &self,
        environment: &mut dyn ExecutionEnvironment,
        place: &Place,
        invocation: &Invocation,
        stream: Option<ResponseWriter>,
    ) -> Result<Run, Refusal> {
        let Ok(run) = environment.invoke(invocation, stream).await else {
            self.counters.environments_failed.increment();
            let function = &invocation.version.configuration.name;
            tracing::error!(function.name = %function, request.id = %invocation.request_id, "lost an environment");
            return Err(Refusal::EnvironmentFailed);
        };
        self.counters.invocations.increment();
        if place.is_provisioned() {
            self.counters.provisioned_invocations.increment();
        } else if self.pool.is_kept(&invocation.version) {
            self.counters.provisioned_spillovers.increment();
        }
        if matches!(run.outcome, Outcome::Failed(_)) {
            self.counters.errors.increment();
        }
        Ok(run)
    }
}
