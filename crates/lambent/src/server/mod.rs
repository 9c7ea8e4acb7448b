//! The server as a whole: how its parts are put together, and the order in which they stop.
//!
//! Start: listener → data directory (locked) → logs → sandboxes → engine → front door. Stop is the reverse, each
//! step logged and the whole bounded: no new connections → requests in flight → invocations under way → deliveries → queue
//! closed → data directory released. Events that were accepted and not settled stay on the disk all the while.

mod courier;
mod parts;
mod signals;

pub(crate) use signals::Signals;

use crate::config::Config;
use crate::config::aws::Aws;
use crate::config::server::TlsFiles;
use crate::environment::Environment;
use crate::failure::{Exit, Failure};
use lambent_api::rate::RateLimiter;
use lambent_api::s3::S3;
use lambent_api::sigv4::{Credentials, Secret};
use lambent_api::{
    Access, AppState, Auth, Door, Guard, IdempotencyWindows, Identity, Limits, PrivateDoor, Registry, Tls,
    TlsError,
};
use lambent_destinations::Courier;
use lambent_domain::disposition::{EventInvokeConfig, RetrySchedule};
use lambent_engine::clock::SystemClock;
use lambent_engine::runtimes::Runtimes;
use lambent_engine::tasks::Tasks;
use lambent_engine::{Engine, EngineOptions, Parts};
use lambent_sandbox::{Level, Network};
use lambent_store::access::AccessKey;
use lambent_store::embedded::EmbeddedStore;
use lambent_store::queue::EventQueue;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::Instant;

/// What invocations get at least, even when the requests before them took all the time there was.
const DRAIN_MIN: Duration = Duration::from_millis(500);

/// What deliveries under way get at most: they are made again anyhow.
const DELIVERIES_MAX: Duration = Duration::from_secs(3);

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    https: bool,
    data_dir: PathBuf,
    first_key: Option<AccessKey>,
    level: Level,
    drain_timeout: Duration,
    front: Tasks,
    engine: Engine,
    courier: Courier,
    store: EmbeddedStore,
}

impl Server {
    /// Starts everything. What was started before a failure ends with it.
    pub(crate) async fn start(config: &Config, environment: &Environment) -> Result<Self, Failure> {
        let tls = config.server.tls.as_ref().map(tls).transpose()?;
        let listener = listen(config.server.listen).await?;
        let address = listener.local_addr().map_err(|error| Failure::failed("listen", error))?;
        let ready = parts::open(config).await?;
        let runtimes = Arc::new(crate::host::runtimes(environment, &config.runtimes.paths));
        let limits = Limits {
            connections_max: config.limits.connections_max,
            drain_max: config.server.drain_timeout,
            ..Limits::default()
        };
        warn_of_trusted_functions(config);
        let level = ready.spawner.level();
        let s3 = s3(&config.aws)?;
        let delivering = courier::options(config, &ready.data_dir)?;
        let front = Tasks::new();
        let state = app_state(config, &ready, runtimes, &limits, s3, &front);
        let courier = Courier::start(
            delivering,
            lambent_destinations::Parts {
                outbox: ready.store.events.clone(),
                queue: ready.store.events.clone(),
                functions: ready.store.resources.functions.clone(),
                clock: Arc::new(SystemClock),
                deliveries: Arc::clone(state.engine.deliveries()),
            },
        );
        let mut names = config.server.host_names.clone();
        names.push(host_of(address));
        let any_address = address.ip().is_unspecified();
        let door = Door::public(Arc::clone(&state), Guard { names, any_address }, limits);
        let shutdown = front.stopping();
        let registry = state.access.registry.clone();
        front.spawn_until_stopped(lambent_api::access::watch(registry, ready.access));
        let https = tls.is_some();
        match tls {
            Some(tls) => {
                front.spawn_until_stopped(Arc::clone(&tls).watch());
                front.spawn(lambent_api::serve_tls(vec![listener], tls, door, shutdown));
            }
            None => front.spawn(lambent_api::serve(vec![listener], door, shutdown)),
        }
        Ok(Self {
            address,
            https,
            first_key: ready.first_key,
            data_dir: ready.data_dir,
            level,
            drain_timeout: config.server.drain_timeout,
            front,
            engine: state.engine.clone(),
            courier,
            store: ready.store,
        })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The key that this start has made because there was none: it is shown now or never.
    pub(crate) fn first_key(&self) -> Option<&AccessKey> {
        self.first_key.as_ref()
    }

    /// Where it keeps everything.
    pub(crate) fn data_dir(&self) -> &Path {
        &self.data_dir
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
        let scheme = if self.https { "https" } else { "http" };
        format!(
            "Lambent {} is ready at {scheme}://{} (data in {}, {confined}, {} at a time)",
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
        // What ended just now was stored with its records; what is not sent in this time is sent after the next start.
        if !self.courier.stop(left().min(DELIVERIES_MAX)).await {
            tracing::info!("deliveries under way were left; they are made again after the next start");
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

/// A function in the host's network is, for a server that trusts this machine, one of its users.
fn warn_of_trusted_functions(config: &Config) {
    if config.server.auth == Auth::Loopback && config.environments.network == Network::Host {
        tracing::warn!(
            "functions are in the host's network and unsigned requests are taken: every function can call this server \
             without a signature and may do everything. `--auth required` keeps functions to their roles"
        );
    }
}

/// The engine is part of the state, and functions reach the state through the engine, so the way in for functions
/// is given its state last.
fn app_state(
    config: &Config,
    ready: &parts::Ready,
    runtimes: Arc<Runtimes>,
    limits: &Limits,
    s3: Option<S3>,
    front: &Tasks,
) -> Arc<AppState> {
    let (resources, events) = (ready.store.resources.clone(), ready.store.events.clone());
    let clock = Arc::new(SystemClock);
    let cell = Arc::new(OnceLock::new());
    let concurrency_limit = config.environments.concurrency.unwrap_or_else(crate::host::default_concurrency);
    let identity = Identity { region: config.server.region.clone(), account: config.server.account.clone() };
    // As many environments as may run, and those that are about to end when others take their places.
    let sessions_max = concurrency_limit.saturating_mul(2);
    let registry = Registry::new(identity.account.clone(), config.roles.clone(), sessions_max);
    registry.replace(&ready.known);
    let private = PrivateDoor::new(
        Arc::clone(&cell),
        registry.sessions().clone(),
        identity.clone(),
        clock.clone(),
        limits.clone(),
    );
    let engine = Engine::new(
        engine_options(config, concurrency_limit),
        Parts {
            resources: resources.clone(),
            queue: events.clone(),
            code: Arc::clone(&ready.store.code),
            logs: ready.logs.clone(),
            runtimes,
            spawner: ready.spawner.clone(),
            clock: clock.clone(),
            private_api: Some(Arc::new(private)),
        },
    );
    let access = Access {
        auth: config.server.auth,
        registry,
        rate: config.limits.rate_per_caller.map(RateLimiter::new),
        https: config.server.tls.is_some() || config.server.tls_terminated_by_proxy,
    };
    let code = Arc::clone(&ready.store.code);
    let mut state = AppState::new(resources, events, code, engine.clone(), clock, identity, access);
    state.s3 = s3;
    state.idempotency = IdempotencyWindows {
        default: config.events.idempotency_window,
        max: config.events.idempotency_window_max,
    };
    state.stopping = front.stopping();
    let state = Arc::clone(cell.get_or_init(|| Arc::new(state)));
    // Only now can a function that runs call what it may call.
    engine.dispatch();
    state
}

fn engine_options(config: &Config, concurrency_limit: usize) -> EngineOptions {
    EngineOptions {
        region: config.server.region.clone(),
        account: config.server.account.clone(),
        concurrency_limit,
        idle_timeout: config.environments.idle_timeout,
        lifetime_max: config.environments.lifetime_max,
        network: config.environments.network,
        retries: RetrySchedule {
            function_error_base: config.events.retry_base_delay,
            ..RetrySchedule::default()
        },
        events: EventInvokeConfig {
            retry_attempts_max: config.events.retry_attempts_max,
            event_age_max: config.events.age_max,
        },
        stream_bytes_per_second: config.environments.stream_bytes_per_second,
    }
}

fn s3(aws: &Aws) -> Result<Option<S3>, Failure> {
    let Some(endpoint) = aws.code.clone() else { return Ok(None) };
    let credentials = aws.s3.credentials.as_ref().map(|credentials| Credentials {
        access_key_id: credentials.access_key_id().to_owned(),
        secret: Secret::new(credentials.secret_access_key()),
        session_token: credentials.session_token().map(str::to_owned),
    });
    let region = aws.s3.region.clone().unwrap_or_else(|| aws.region.clone());
    let made = S3::new(endpoint, region, credentials, aws.ca_file.as_deref());
    made.map(Some).map_err(|error| {
        Failure::new(Exit::Configuration, "prepare to fetch code from S3", &error)
            .hint("aws.ca_file names a file with the certificates to believe")
    })
}

fn tls(files: &TlsFiles) -> Result<Arc<Tls>, Failure> {
    Tls::load(&files.certificate, &files.key).map_err(|error| {
        let hint = match &error {
            TlsError::Unreadable { .. } => "the server's user must be able to read both files",
            TlsError::NoKey(_) => "take the password off with `openssl pkey -in KEY -out NEW`",
            TlsError::Unfit { .. } => {
                "the key must be the one that the first certificate in the file was made for"
            }
            TlsError::NoCertificate(_) | TlsError::TooLarge(_) => {
                "name the file that begins with -----BEGIN CERTIFICATE-----"
            }
        };
        Failure::new(Exit::Configuration, "read the certificate", &error).hint(hint)
    })
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
