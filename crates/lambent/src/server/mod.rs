//! The server as a whole: how its parts are put together, and the order in which they stop.
//!
//! Start: listener → data directory (locked) → logs → sandboxes → engine → front door. Stop is the reverse, each
//! step logged and the whole bounded: no new connections → requests in flight → invocations under way → queue
//! closed → data directory released. Events that were accepted and not settled stay on the disk all the while.

mod parts;
mod signals;

pub(crate) use signals::Signals;

use crate::config::Config;
use crate::environment::Environment;
use crate::failure::{Exit, Failure};
use lambent_api::{AppState, Door, Guard, Identity, Limits, PrivateDoor};
use lambent_domain::disposition::{EventInvokeConfig, RetrySchedule};
use lambent_engine::clock::SystemClock;
use lambent_engine::runtimes::Runtimes;
use lambent_engine::tasks::Tasks;
use lambent_engine::{Engine, EngineOptions, Parts};
use lambent_sandbox::Level;
use lambent_store::embedded::EmbeddedStore;
use lambent_store::queue::EventQueue;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::Instant;

/// What invocations get at least, even when the requests before them took all the time there was.
const DRAIN_MIN: Duration = Duration::from_millis(500);

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    data_dir: PathBuf,
    level: Level,
    drain_timeout: Duration,
    front: Tasks,
    engine: Engine,
    store: EmbeddedStore,
}

impl Server {
    /// Starts everything. What was started before a failure ends with it.
    pub(crate) async fn start(config: &Config, environment: &Environment) -> Result<Self, Failure> {
        let listener = listen(config.server.listen).await?;
        let address = listener.local_addr().map_err(|error| Failure::failed("listen", error))?;
        let ready = parts::open(config).await?;
        let runtimes = Arc::new(crate::host::runtimes(environment, &config.runtimes.paths));
        let limits = Limits {
            connections_max: config.limits.connections_max,
            drain_max: config.server.drain_timeout,
            ..Limits::default()
        };
        let level = ready.spawner.level();
        let state = app_state(config, &ready, runtimes, &limits);
        let mut names = config.server.host_names.clone();
        names.push(host_of(address));
        let door = Door::public(Arc::clone(&state), Guard { names }, limits);
        let front = Tasks::new();
        let shutdown = front.stopping();
        front.spawn(lambent_api::serve(vec![listener], door, shutdown));
        Ok(Self {
            address,
            data_dir: ready.data_dir,
            level,
            drain_timeout: config.server.drain_timeout,
            front,
            engine: state.engine.clone(),
            store: ready.store,
        })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The runtimes it finds.
    pub(crate) fn runtimes(&self) -> &Runtimes {
        self.engine.runtimes()
    }

    /// One line for whoever started it.
    pub(crate) fn ready_line(&self) -> String {
        let confined = match self.level {
            Level::Confined => "functions are confined",
            Level::Plain => "functions are NOT confined",
        };
        format!(
            "Lambent {} is ready at http://{} (data in {}, {confined}, {} at a time)",
            env!("CARGO_PKG_VERSION"),
            self.address,
            self.data_dir.display(),
            self.engine.stats().concurrency_limit,
        )
    }

    /// Stops in order. Bounded by the drain time-out and the time the disk needs.
    pub(crate) async fn stop(self) -> Result<(), Failure> {
        let deadline = Instant::now() + self.drain_timeout;
        let left = || deadline.saturating_duration_since(Instant::now()).max(DRAIN_MIN);
        tracing::info!(
            drain.timeout_secs = self.drain_timeout.as_secs(),
            "stopping: no new connections, requests in flight get their time"
        );
        self.front.stop();
        self.engine.stop_dispatching();
        // The front door keeps to the same bound and cuts off what is left; this only waits for it.
        self.front.finished(left() + DRAIN_MIN).await;
        tracing::info!(
            invocations.running = self.engine.stats().concurrent_executions,
            "requests have ended, invocations under way get their time"
        );
        if !self.engine.drain(left()).await {
            tracing::warn!("invocations were cut off; those of events run again after the next start");
        }
        tracing::info!(
            events.unsettled = unsettled(&self.store),
            "invocations have ended, closing the store"
        );
        let closed = self.store.events.close().await;
        closed.map_err(|error| Failure::failed("close the event queue", error))?;
        tracing::info!("stopped; nothing that was accepted is lost");
        Ok(())
    }
}

fn unsettled(store: &EmbeddedStore) -> u64 {
    let stats = store.events.stats();
    stats.ready.saturating_add(stats.delayed).saturating_add(stats.running)
}

/// The engine is part of the state, and functions reach the state through the engine, so the way in for functions
/// is given its state last.
fn app_state(
    config: &Config,
    ready: &parts::Ready,
    runtimes: Arc<Runtimes>,
    limits: &Limits,
) -> Arc<AppState> {
    let (resources, events) = (ready.store.resources.clone(), ready.store.events.clone());
    let clock = Arc::new(SystemClock);
    let cell = Arc::new(OnceLock::new());
    let concurrency_limit = config.environments.concurrency.unwrap_or_else(crate::host::default_concurrency);
    let options = EngineOptions {
        region: config.server.region.clone(),
        account: config.server.account.clone(),
        concurrency_limit,
        idle_timeout: config.environments.idle_timeout,
        network: config.environments.network,
        retries: RetrySchedule {
            function_error_base: config.events.retry_base_delay,
            ..RetrySchedule::default()
        },
        events: EventInvokeConfig {
            retry_attempts_max: config.events.retry_attempts_max,
            event_age_max: config.events.age_max,
        },
        stream_bytes_per_second: None,
    };
    let engine = Engine::new(
        options,
        Parts {
            resources: resources.clone(),
            queue: events.clone(),
            code: Arc::clone(&ready.store.code),
            logs: ready.logs.clone(),
            runtimes,
            spawner: ready.spawner.clone(),
            clock: clock.clone(),
            private_api: Some(Arc::new(PrivateDoor::new(Arc::clone(&cell), limits.clone()))),
        },
    );
    let identity = Identity { region: config.server.region.clone(), account: config.server.account.clone() };
    let code = Arc::clone(&ready.store.code);
    let state = AppState::new(resources, events, code, engine.clone(), clock, identity);
    let state = Arc::clone(cell.get_or_init(|| Arc::new(state)));
    // Only now can a function that runs call what it may call.
    engine.dispatch();
    state
}

/// Any loopback address may be listened on, so it may also be called by.
fn host_of(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let failure = |exit| Failure::new(exit, format!("listen on {address}"), &error);
        match error.kind() {
            io::ErrorKind::AddrInUse => Failure::failed(
                format!("listen on {address}"),
                "another program, perhaps another Lambent, listens there",
            )
            .hint("`--listen 127.0.0.1:0` takes a free port"),
            io::ErrorKind::PermissionDenied => {
                failure(Exit::Configuration).hint("ports below 1024 need special rights; 9400 does not")
            }
            _ => failure(Exit::Failed),
        }
    })
}
