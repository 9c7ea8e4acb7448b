//! Station 9's second half: a new execution environment for a function version.

use super::journal::Journal;
use super::notices::NoticeStream;
use super::variables::{Surroundings, variables};
use super::{Phase, SandboxedEnvironment};
use crate::credentials::FunctionCredentials;
use crate::isolation::{ExecutionEnvironment, Isolation};
use crate::logs::LogStore;
use crate::logs::lines::InitializationType;
use crate::runtime_api::{self, RuntimeApi};
use crate::runtimes::{Launch, Roots, RuntimeMissing, Runtimes, find_entrypoint};
use crate::tasks::Tasks;
use crate::{EngineOptions, PrivateApi};
use async_trait::async_trait;
use lambent_domain::function::FunctionVersion;
use lambent_domain::runtime::{Runtime, RuntimeFamily};
use lambent_domain::time::Clock;
use lambent_sandbox::{
    Level, Network, Paths, Program, SandboxError, SandboxSpec, Spawned, Spawner, TELEMETRY_FD,
};
use lambent_store::code::{CodeStore, LayerTree, LayersError, StoredPackage};
use std::ffi::OsString;
use std::net::TcpListener;
use std::sync::Arc;
use uuid::Uuid;

/// The Runtime API and the private Lambent API.
const LISTENERS: usize = 2;
/// Processes and threads of one environment (documented; facts: execution-environment §6).
const PIDS_MAX: u32 = 1_024;
/// Open files of one process.
const NOFILE_MAX: u64 = 1_024;
/// AWS gives one processor at this much memory.
const MEMORY_MB_PER_CPU: u64 = 1_769;

/// Where environments are made: everything one needs that all share.
#[derive(Debug)]
pub(crate) struct Workshop {
    pub(crate) options: EngineOptions,
    pub(crate) isolation: Arc<dyn Isolation>,
    pub(crate) code: Arc<CodeStore>,
    pub(crate) runtimes: Arc<Runtimes>,
    pub(crate) logs: LogStore,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) private_api: Option<Arc<dyn PrivateApi>>,
}

/// The environments of production, confined by namespaces.
#[derive(Debug)]
pub(crate) struct Sandboxes {
    pub(crate) spawner: Spawner,
}

#[async_trait]
impl Isolation for Sandboxes {
    async fn start(
        &self,
        workshop: &Arc<Workshop>,
        version: Arc<FunctionVersion>,
        initialization: InitializationType,
        tasks: Tasks,
    ) -> Result<Box<dyn ExecutionEnvironment>, StartError> {
        let built = workshop.build(self.spawner.clone(), version, initialization, tasks).await?;
        Ok(Box::new(built))
    }
}

/// What a function sees of the disk, held for as long as it does.
#[derive(Debug)]
struct Files {
    package: StoredPackage,
    layers: Option<LayerTree>,
}

/// What a program depends on besides its version and its sandbox.
struct Given<'a> {
    stream: &'a str,
    initialization: InitializationType,
    files: &'a Files,
    credentials: Option<&'a FunctionCredentials>,
}

/// What an environment is made of, its sandbox aside.
#[derive(Debug)]
struct Made {
    id: String,
    version: Arc<FunctionVersion>,
    initialization: InitializationType,
    launch: Launch,
    files: Files,
}

/// Why there is no environment.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// This host has no such runtime.
    #[error("{0}")]
    RuntimeMissing(RuntimeMissing),
    /// The function's package is not on this disk.
    #[error("code package is missing")]
    CodeMissing,
    /// Its layers could not be put together.
    #[error(transparent)]
    Layers(#[from] LayersError),
    /// The sandbox could not be built.
    #[error("failed to build the sandbox: {0}")]
    Sandbox(#[from] SandboxError),
    /// The host refused something else.
    #[error("failed to set up the environment: {0}")]
    Host(#[from] std::io::Error),
}

impl Workshop {
    /// A new environment for the version. Nothing of the function runs yet.
    pub(crate) async fn start(
        self: &Arc<Self>,
        version: Arc<FunctionVersion>,
        initialization: InitializationType,
        tasks: Tasks,
    ) -> Result<Box<dyn ExecutionEnvironment>, StartError> {
        self.isolation.start(self, version, initialization, tasks).await
    }

    /// Builds a sandbox for the version and what belongs to it.
    async fn build(
        self: &Arc<Self>,
        spawner: Spawner,
        version: Arc<FunctionVersion>,
        initialization: InitializationType,
        tasks: Tasks,
    ) -> Result<SandboxedEnvironment, StartError> {
        let id = Uuid::new_v4().simple().to_string();
        let runtime = version.configuration.runtime.clone().unwrap_or_else(|| Runtime::new("provided"));
        // Its files stay as long as the environment, also when the function has other code by then.
        let package = self.code.hold(&version.code).ok_or(StartError::CodeMissing)?;
        let layers = self.layers(&version).await?;
        let launch =
            self.runtimes.launch(&runtime, &Roots::sandboxed()).await.map_err(StartError::RuntimeMissing)?;
        let files = Files { package, layers };
        let spec = self.spec(&id, &version, &launch, &files);
        // Building a sandbox is some milliseconds of system calls.
        let spawned = tokio::task::spawn_blocking(move || spawner.spawn(&spec))
            .await
            .map_err(std::io::Error::other)??;
        // A plain sandbox has no `/var/task`: the same launch, with the host's places.
        let launch = match spawned.sandbox.level() {
            Level::Confined => launch,
            Level::Plain => {
                let roots = roots(spawned.sandbox.paths());
                self.runtimes.launch(&runtime, &roots).await.map_err(StartError::RuntimeMissing)?
            }
        };
        let made = Made { id, version, initialization, launch, files };
        let assembled = self.assemble(made, spawned, tasks.clone());
        if assembled.is_err() {
            tasks.stop();
        }
        assembled
    }

    fn assemble(
        self: &Arc<Self>,
        made: Made,
        spawned: Spawned,
        tasks: Tasks,
    ) -> Result<SandboxedEnvironment, StartError> {
        let Made { id, version, initialization, launch, files } = made;
        let Spawned { sandbox, notices, listeners, output } = spawned;
        let stream = log_stream(&version, &id, self.clock.now());
        let journal = Journal::open(
            &version,
            self.options.region.as_str(),
            initialization,
            &self.logs,
            &stream,
            output,
            Arc::clone(&self.clock),
        )?;
        let journal = Arc::new(journal);
        journal.follow(&tasks);
        let api = Arc::new(RuntimeApi::new());
        let mut listeners = listeners.into_iter();
        if let Some(listener) = listeners.next() {
            let only_uid = match self.options.network {
                Network::Host => sandbox.host_uid(),
                Network::None => None,
            };
            runtime_api::serve(&tasks, tokio_listener(listener)?, Arc::clone(&api), only_uid);
        }
        if let (Some(private), Some(listener), Some(address)) =
            (&self.private_api, listeners.next(), sandbox.addresses().get(1))
        {
            let serving = private.serve(tokio_listener(listener)?, *address, tasks.stopping());
            // It watches for the stop itself, so that it can end its connections before it ends.
            tasks.spawn(serving);
        }
        let runtime_version = launch.version_text.clone();
        let credentials = self.private_api.as_ref().map(|private| private.issue(&version)).transpose()?;
        let given =
            Given { stream: &stream, initialization, files: &files, credentials: credentials.as_ref() };
        let program = self.program(&version, launch, &sandbox, &given);
        let Files { package, layers } = files;
        let oom_kills = sandbox.oom_kills().unwrap_or(0);
        Ok(SandboxedEnvironment {
            version,
            sandbox,
            notices: NoticeStream::new(notices)?,
            program,
            api,
            journal,
            tasks,
            phase: Phase::Fresh,
            initialization,
            init_duration: None,
            memory_peak: None,
            runtime_version,
            oom_kills,
            born: tokio::time::Instant::now(),
            _credentials: credentials,
            _package: package,
            _layers: layers,
        })
    }

    /// The version's layers as one tree. The first environment that needs it waits until it is merged.
    async fn layers(&self, version: &FunctionVersion) -> Result<Option<LayerTree>, StartError> {
        let layers = &version.configuration.layers;
        if layers.is_empty() {
            return Ok(None);
        }
        let packages: Vec<_> = layers.iter().map(|layer| layer.code.clone()).collect();
        let code = Arc::clone(&self.code);
        let merged = tokio::task::spawn_blocking(move || code.layers(&packages)).await;
        Ok(Some(merged.map_err(std::io::Error::other)??))
    }

    fn spec(&self, id: &str, version: &FunctionVersion, launch: &Launch, files: &Files) -> SandboxSpec {
        let configuration = &version.configuration;
        SandboxSpec {
            id: id.to_owned(),
            network: self.options.network,
            task_dir: files.package.task_dir(),
            opt_dir: files.layers.as_ref().map(|layers| layers.dir().to_owned()),
            runtime_files: Arc::clone(&launch.runtime_files),
            read_only_trees: launch.read_only_trees.clone(),
            tmp_bytes: u64::from(configuration.ephemeral_storage_mb) << 20,
            memory_bytes: u64::from(configuration.memory_mb) << 20,
            pids_max: PIDS_MAX,
            nofile_max: NOFILE_MAX,
            cpu_millis: Some(cpu_millis(configuration.memory_mb)),
            listeners: LISTENERS,
        }
    }

    /// What to run, or why there is nothing to run, in the caller's words.
    fn program(
        &self,
        version: &FunctionVersion,
        launch: Launch,
        sandbox: &lambent_sandbox::Sandbox,
        given: &Given<'_>,
    ) -> Result<Program, String> {
        let launch = launch.fitted(version.configuration.memory_mb, &version.configuration.environment);
        let paths = sandbox.paths();
        let provided = version
            .configuration
            .runtime
            .as_ref()
            .is_none_or(|runtime| runtime.family() == RuntimeFamily::Provided);
        let path = if provided {
            let opt = given.files.layers.as_ref().map(LayerTree::dir);
            find_entrypoint(&given.files.package.task_dir(), opt, &roots(paths))
                .map_err(|missing| missing.to_string())?
        } else {
            launch.program
        };
        let addresses = sandbox.addresses();
        let address = |index: usize| addresses.get(index).map(ToString::to_string);
        let around = Surroundings {
            region: self.options.region.as_str(),
            log_stream: given.stream,
            initialization: given.initialization,
            runtime_api: address(0).unwrap_or_default(),
            lambent_api: self.private_api.as_ref().and_then(|_| address(1)),
            credentials: given.credentials,
            of_runtime: &launch.env,
            telemetry_fd: launch.frames.then_some(TELEMETRY_FD),
        };
        Ok(Program {
            path,
            args: launch.args.into_iter().map(OsString::from).collect(),
            env: variables(version, &around),
            cwd: paths.task_root.clone(),
        })
    }
}

fn roots(paths: &Paths) -> Roots {
    Roots {
        task: paths.task_root.clone(),
        opt: paths.opt_dir.clone().unwrap_or_else(|| "/opt".into()),
        runtime: paths.runtime_dir.clone(),
        tmp: paths.tmp.clone(),
    }
}

fn tokio_listener(listener: TcpListener) -> std::io::Result<tokio::net::TcpListener> {
    listener.set_nonblocking(true)?;
    tokio::net::TcpListener::from_std(listener)
}

/// AWS's share of the processor, but never less than one: on one's own machine a small function that has the
/// processor to itself should not be made to wait.
fn cpu_millis(memory_mb: u32) -> u32 {
    let millis = u64::from(memory_mb) * 1_000 / MEMORY_MB_PER_CPU;
    u32::try_from(millis).unwrap_or(u32::MAX).max(1_000)
}

/// `YYYY/MM/DD/[<version>]<32 hex>`; in a group of the owner's choosing the function's name stands in it too.
pub(crate) fn log_stream(
    version: &FunctionVersion,
    id: &str,
    now: lambent_domain::time::Timestamp,
) -> String {
    let millis = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
    let day = jiff::Timestamp::from_millisecond(millis).unwrap_or_default().strftime("%Y/%m/%d");
    let configuration = &version.configuration;
    if configuration.logging.group.is_some() {
        format!("{day}/{}[{}]{id}", configuration.name, version.version)
    } else {
        format!("{day}/[{}]{id}", version.version)
    }
}

#[cfg(test)]
mod tests {
    use super::cpu_millis;

    #[test]
    fn a_processor_at_least_and_aws_share_above() {
        assert_eq!(cpu_millis(128), 1_000);
        assert_eq!(cpu_millis(1_769), 1_000);
        assert_eq!(cpu_millis(10_240), 5_788);
    }
}
