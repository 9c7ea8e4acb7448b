//! The door to everything that runs code.

use crate::concurrency::{Concurrency, ConcurrencyPermit};
use crate::dispatcher::Dispatcher;
use crate::environment::{ExecutionEnvironment, Run, StartError, Workshop};
use crate::housekeeping;
use crate::logs::LogStore;
use crate::pool::{Checkout, Place, Pool};
use crate::response_stream::ResponseWriter;
use crate::runtimes::{RuntimeMissing, Runtimes};
use crate::stats::{Counters, EngineStats};
use crate::tasks::Tasks;
use bytes::Bytes;
use http::HeaderValue;
use lambent_domain::arn::{AccountId, FunctionName, Region};
use lambent_domain::disposition::{EventInvokeConfig, RetrySchedule};
use lambent_domain::function::{Function, FunctionVersion};
use lambent_domain::invocation::Invocation;
use lambent_domain::outcome::Outcome;
use lambent_domain::qualifier::Version;
use lambent_domain::time::Clock;
use lambent_sandbox::{Network, Spawner};
use lambent_store::code::CodeStore;
use lambent_store::queue::EventQueue;
use lambent_store::resources::Resources;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long a call waits for a runtime that has answered to ask again, before it goes elsewhere.
const RETURN_PATIENCE: Duration = Duration::from_millis(20);

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
    #[error("concurrency limit reached")]
    Throttled,
    /// The function's runtime is not installed here.
    #[error(transparent)]
    RuntimeMissing(#[from] RuntimeMissing),
    /// The server is shutting down.
    #[error("server is shutting down")]
    ShuttingDown,
    /// A fault of ours or the host's; the cause is in the server's log.
    #[error("failed to start an execution environment")]
    EnvironmentFailed,
}

/// Runs functions. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {
    shared: Arc<Shared>,
    dispatcher: Dispatcher,
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
    /// Invocations under way.
    pub(crate) runs: Tasks,
    /// Environments on their way back to the pool.
    returns: Tasks,
    environments: Tasks,
}

impl Engine {
    /// Puts the engine together. It takes calls; events wait until [`Engine::dispatch`].
    #[must_use]
    pub fn new(options: EngineOptions, parts: Parts) -> Self {
        let Parts { resources, queue, code, logs, runtimes, spawner, clock, private_api } = parts;
        let (work, environments) = (Tasks::new(), Tasks::new());
        let concurrency = Concurrency::new(options.concurrency_limit);
        let workshop = Arc::new(Workshop { options, spawner, code, runtimes, logs, clock, private_api });
        let shared = Arc::new(Shared {
            workshop,
            pool: Pool::new(concurrency.limit()),
            concurrency,
            counters: Counters::default(),
            runs: Tasks::new(),
            returns: Tasks::new(),
            environments: environments.clone(),
        });
        housekeeping::start(&work, &shared, resources.clone());
        let dispatcher = Dispatcher::new(Arc::clone(&shared), resources.functions, queue);
        Self { shared, dispatcher, work, environments }
    }

    /// Starts running events, the unsettled ones of earlier lives first. Once, when everything is in place that a
    /// function may call.
    pub fn dispatch(&self) {
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
        let Some(permit) = self.shared.concurrency.admit() else {
            if self.shared.concurrency.is_closed() {
                return Err(Refusal::ShuttingDown);
            }
            self.shared.counters.throttles.increment();
            return Err(Refusal::Throttled);
        };
        let shared = Arc::clone(&self.shared);
        let (sender, receiver) = oneshot::channel();
        self.shared.runs.spawn(async move {
            let _ = sender.send(shared.run_now(&invocation, stream, permit).await);
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

    /// Counts since the start, and what runs now.
    #[must_use]
    pub fn stats(&self) -> EngineStats {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let (running, limit) = (self.shared.concurrency.running(), self.shared.concurrency.limit());
        self.shared.counters.read(count(running), count(limit), count(self.shared.pool.idle()))
    }

    /// Follows a change of a function: environments of revisions that it does not have any more are ended. With none
    /// the function is gone.
    pub fn function_changed(&self, name: &FunctionName, function: Option<&Function>) {
        let versions = function.into_iter().flat_map(Function::versions);
        self.shared.pool.retire(name, &versions.map(|version| version.revision_id).collect());
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
    /// Runs an invocation in a warm environment or, where none is free, in a new one.
    async fn run_now(
        self: &Arc<Self>,
        invocation: &Invocation,
        stream: Option<ResponseWriter>,
        permit: ConcurrencyPermit,
    ) -> Result<Run, Refusal> {
        let (mut environment, place) = loop {
            match self.pool.checkout(&invocation.version) {
                Checkout::Warm(environment, place) => {
                    if let Some(seat) = self.take_seat(environment, place).await {
                        break seat;
                    }
                }
                Checkout::Busy(_) | Checkout::Nothing => {
                    let place = self.pool.place(&invocation.version).ok_or(Refusal::Throttled)?;
                    break (self.start_environment(&invocation.version).await?, place);
                }
            }
        };
        let run = self.run_in(&mut environment, invocation, stream).await;
        // Before the answer, so that a caller who calls again finds it.
        drop(self.give_back(environment, place, permit));
        run
    }

    /// Makes sure that a warm environment can run something now. One whose runtime is still busy with itself after
    /// its last answer is left to come back later, if there is a permit for it: it counts as running. Else it ends.
    pub(crate) async fn take_seat(
        self: &Arc<Self>,
        mut environment: Box<ExecutionEnvironment>,
        place: Place,
    ) -> Option<(Box<ExecutionEnvironment>, Place)> {
        if !environment.is_usable().await {
            return None;
        }
        if environment.is_free() || environment.settle(RETURN_PATIENCE).await {
            return Some((environment, place));
        }
        if let Some(permit) = self.concurrency.admit().filter(|_| environment.is_in_order()) {
            self.return_later(environment, place, permit);
        }
        None
    }

    pub(crate) async fn start_environment(
        &self,
        version: &Arc<FunctionVersion>,
    ) -> Result<Box<ExecutionEnvironment>, Refusal> {
        match self.workshop.start(Arc::clone(version), self.environments.child()).await {
            Ok(environment) => {
                self.counters.environments_started.increment();
                Ok(Box::new(environment))
            }
            Err(StartError::RuntimeMissing(missing)) => Err(Refusal::RuntimeMissing(missing)),
            Err(error) => {
                self.counters.environments_failed.increment();
                tracing::error!(function.name = %version.configuration.name, %error, "failed to start an environment");
                Err(Refusal::EnvironmentFailed)
            }
        }
    }

    pub(crate) async fn run_in(
        &self,
        environment: &mut ExecutionEnvironment,
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
        if matches!(run.outcome, Outcome::Failed(_)) {
            self.counters.errors.increment();
        }
        Ok(run)
    }

    /// Puts an environment back: at once if it is in order, and then gives the permit back; after its reset if it
    /// must be reset, and until then it keeps the permit, because it is not free.
    pub(crate) fn give_back(
        self: &Arc<Self>,
        environment: Box<ExecutionEnvironment>,
        place: Place,
        permit: ConcurrencyPermit,
    ) -> Option<ConcurrencyPermit> {
        if environment.is_in_order() {
            self.pool.checkin(environment, place);
            return Some(permit);
        }
        self.return_later(environment, place, permit);
        None
    }

    /// Puts an environment back once it is free; ends it if it does not become so within its function's timeout.
    fn return_later(
        self: &Arc<Self>,
        mut environment: Box<ExecutionEnvironment>,
        place: Place,
        permit: ConcurrencyPermit,
    ) {
        let shared = Arc::clone(self);
        self.returns.spawn_until_stopped(async move {
            let at_most = environment.version().configuration.timeout();
            if environment.settle(at_most).await {
                shared.pool.checkin(environment, place);
            }
            drop(permit);
        });
    }
}
