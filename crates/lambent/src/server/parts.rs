//! The parts that touch the disk and the kernel: opened off the async threads, in order.

use crate::config::Config;
use crate::failure::{Exit, Failure};
use lambent_domain::time::Clock as _;
use lambent_engine::clock::SystemClock;
use lambent_engine::logs::{LogLimits, LogStore};
use lambent_sandbox::{Isolation, Level, SandboxError, Spawner};
use lambent_store::access::{Access, AccessError, AccessKey, AccessStore, KeyName};
use lambent_store::embedded::{
    self, Admission, DataDirError, EmbeddedStore, OpenError, QueueLimits, Retention,
};
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is ready before the engine starts.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) data_dir: PathBuf,
    pub(super) store: EmbeddedStore,
    pub(super) logs: LogStore,
    pub(super) spawner: Spawner,
    pub(super) access: Arc<AccessStore>,
    /// What is in it.
    pub(super) known: Access,
    /// The key that was made because there was none.
    pub(super) first_key: Option<AccessKey>,
}

/// Opens them all.
pub(super) async fn open(config: &Config) -> Result<Ready, Failure> {
    let config = config.clone();
    let opened = tokio::task::spawn_blocking(move || open_blocking(&config)).await;
    opened.unwrap_or_else(|error| Err(Failure::failed("open the data directory", error)))
}

fn open_blocking(config: &Config) -> Result<Ready, Failure> {
    crate::host::raise_descriptors();
    let data_dir = data_dir(&config.server.data_dir)?;
    let store = open_store(config, &data_dir)?;
    let limits = LogLimits {
        retention_age: config.logs.retention,
        retention_bytes_per_group: config.logs.retention_bytes_per_group,
        ..LogLimits::default()
    };
    let logs = LogStore::open(data_dir.join("logs"), limits, Arc::new(SystemClock))
        .map_err(|error| Failure::failed(format!("open the logs in {}", data_dir.display()), error))?;
    let spawner = spawner(config, &data_dir)?;
    // Last: a key is made, and shown once, only by a server that starts.
    let access = Arc::new(AccessStore::new(&data_dir));
    let (first_key, known) =
        first_key(&access).map_err(|error| crate::access::failure("read the access keys", &error))?;
    for fault in &known.faults {
        tracing::error!(fault = %fault, "an access key or role can't be used");
    }
    Ok(Ready { data_dir, store, logs, spawner, access, known, first_key })
}

fn first_key(access: &AccessStore) -> Result<(Option<AccessKey>, Access), AccessError> {
    let name = KeyName::new(crate::access::FIRST_KEY).map_err(AccessError::other)?;
    let made = access.create_first_key(name, SystemClock.now())?;
    Ok((made, access.read()?))
}

/// The directory's full path, without links or dots: sandboxes know nothing of a working directory. It is made when
/// it is missing, for this user alone.
fn data_dir(path: &Path) -> Result<PathBuf, Failure> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.and_then(|()| path.canonicalize())
        .map_err(|error| Failure::failed(format!("make the data directory {}", path.display()), error))
}

fn open_store(config: &Config, data_dir: &Path) -> Result<EmbeddedStore, Failure> {
    let options = embedded::Options {
        retention: Retention { age_max: config.events.settled_retention, ..Retention::default() },
        dead_letters: config.events.dead_letters,
        outbox: config.destinations.outbox,
        results: config.events.results,
        limits: QueueLimits::default(),
        admission: Admission {
            backlog_events_max: config.events.backlog_events_max,
            backlog_bytes_max: config.events.backlog_bytes_max,
            disk_free_min_bytes: config.events.disk_free_min_bytes,
            idempotency_window_max: config.events.idempotency_window_max,
            ..Admission::default()
        },
    };
    EmbeddedStore::open(data_dir, options, Arc::new(SystemClock)).map_err(|error| {
        let failure = Failure::failed("open the data directory", &error);
        match error {
            OpenError::DataDir(DataDirError::InUse { .. }) => {
                failure.hint("stop the other server, or give this one its own with --data-dir")
            }
            OpenError::DataDir(DataDirError::FormatNewer { .. }) => {
                failure.hint("start the newer Lambent that wrote it")
            }
            _ => failure,
        }
    })
}

fn spawner(config: &Config, data_dir: &Path) -> Result<Spawner, Failure> {
    let scratch_dir = data_dir.join("sandboxes");
    std::fs::create_dir_all(&scratch_dir)
        .map_err(|error| Failure::failed(format!("make {}", scratch_dir.display()), error))?;
    let exposed = !config.server.listen.ip().is_loopback();
    let isolation = match config.environments.isolation {
        // Whoever may call from elsewhere must not get the server's own rights by what this host happens to lack.
        Isolation::Auto if exposed => Isolation::Required,
        asked => asked,
    };
    let options = lambent_sandbox::Options { isolation, scratch_dir, ..lambent_sandbox::Options::default() };
    let spawner = Spawner::new(options).map_err(|error| {
        let exit =
            if matches!(error, SandboxError::Unsupported(_)) { Exit::Configuration } else { Exit::Failed };
        Failure::new(exit, "prepare the sandboxes", &error).hint(if exposed {
            "a server that listens beyond loopback must confine functions; `lambent doctor` says what this host lacks"
        } else {
            "`lambent doctor` says what this host lacks and how to get it"
        })
    })?;
    warn_of_missing(isolation, &spawner);
    Ok(spawner)
}

/// Less isolation than there could be is said loudly, every time.
fn warn_of_missing(isolation: Isolation, spawner: &Spawner) {
    for missing in spawner.missing() {
        tracing::warn!(isolation.missing = %missing, "this host lacks a part of isolation");
    }
    match (isolation, spawner.level()) {
        (_, Level::Confined) => {}
        (Isolation::None, Level::Plain) => {
            tracing::warn!("isolation is off: functions run with the server's own rights");
        }
        (_, Level::Plain) => tracing::warn!(
            "THIS HOST CANNOT CONFINE FUNCTIONS: they run with the server's own rights and can read its files. \
             `lambent doctor` says how to change that; isolation = \"required\" refuses to start like this"
        ),
    }
}
