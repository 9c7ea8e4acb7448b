//! The programs that run functions: interpreters found on this host with a small runtime of ours, or the function's own
//! `bootstrap`.
//!
//! Nothing is run when [`Runtimes`] is made. Interpreters are looked for and asked for their version when the first
//! function needs them or somebody lists them, once each, and the answer is kept. A runtime that this host lacks is an
//! ordinary answer, [`RuntimeMissing`], that says what there is.
//!
//! Paths are those the function sees ([`Roots`]); nothing here touches a function's files but [`find_entrypoint`].

mod candidates;
mod entrypoint;
mod files;
mod launch;
mod probe;

use std::ffi::OsString;
use std::path::PathBuf;

use lambent_domain::runtime::{Runtime, RuntimeFamily};
use tokio::sync::OnceCell;

pub use entrypoint::{InvalidEntrypoint, find_entrypoint};
pub use launch::{Launch, Roots};

use candidates::Candidate;
use probe::Interpreter;

/// Where to look for interpreters. Passed in, because only the configuration reads the process's environment.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The value of `PATH`.
    pub path: OsString,
    /// The home directory whose version managers (pyenv, uv, nvm, …) are looked into.
    pub home: Option<PathBuf>,
    /// Interpreters, or directories that hold them, which come before all others.
    pub extra: Vec<PathBuf>,
}

/// One runtime this host can run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledRuntime {
    /// AWS's identifier, such as `python3.11`.
    pub identifier: String,
    /// The exact version, such as `3.11.7`.
    pub version: String,
    /// The interpreter.
    pub program: PathBuf,
}

/// The runtime a function asks for is not on this host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("runtime {identifier} is not installed on this host (installed: {})", .installed.join(", "))]
pub struct RuntimeMissing {
    /// What the function asks for.
    pub identifier: String,
    /// The identifiers this host can run, `provided.*` included.
    pub installed: Vec<String>,
}

/// The runtimes of this host.
#[derive(Debug)]
pub struct Runtimes {
    options: Options,
    candidates: OnceCell<Vec<Slot>>,
}

/// A place an interpreter may be in, and what it turned out to be. `None`: nothing usable.
#[derive(Debug)]
struct Slot {
    candidate: Candidate,
    interpreter: OnceCell<Option<Interpreter>>,
}

impl Runtimes {
    /// Takes note of where to look; looks later.
    #[must_use]
    pub fn discover(options: Options) -> Self {
        Self { options, candidates: OnceCell::new() }
    }

    /// All interpreters this host can run functions with, the preferred one of each identifier, by identifier.
    ///
    /// The first call runs every interpreter found once, two at a time.
    pub async fn installed(&self) -> Vec<InstalledRuntime> {
        let mut installed: Vec<InstalledRuntime> = Vec::new();
        for interpreter in self.all().await {
            let identifier = interpreter.identifier();
            if installed.iter().all(|known| known.identifier != identifier) {
                let version = interpreter.version.to_string();
                installed.push(InstalledRuntime {
                    identifier,
                    version,
                    program: interpreter.program.clone(),
                });
            }
        }
        installed.sort_by(|left, right| left.identifier.cmp(&right.identifier));
        installed
    }

    /// How to start `runtime`, with the function's directories at `roots`.
    ///
    /// # Errors
    /// [`RuntimeMissing`] if no interpreter of exactly this version (Python: minor, Node.js: major) is here.
    pub async fn launch(&self, runtime: &Runtime, roots: &Roots) -> Result<Launch, RuntimeMissing> {
        match runtime.family() {
            RuntimeFamily::Provided => Ok(Launch::provided(runtime, roots)),
            family @ (RuntimeFamily::Python { .. } | RuntimeFamily::Node { .. }) => {
                match self.find(family).await {
                    Some(interpreter) => Ok(Launch::managed(interpreter, roots)),
                    None => Err(self.missing(runtime).await),
                }
            }
            RuntimeFamily::Other => Err(self.missing(runtime).await),
        }
    }

    /// The preferred interpreter of a family. Looks first where the path does not speak against it, so that the
    /// first function waits for one interpreter and not for all.
    async fn find(&self, family: RuntimeFamily) -> Option<&Interpreter> {
        let slots = self.slots().await;
        for slot in slots.iter().filter(|slot| slot.candidate.may_be(family)) {
            if let Some(interpreter) = slot.interpreter().await.filter(|found| found.family == family) {
                return Some(interpreter);
            }
        }
        self.all().await.into_iter().find(|found| found.family == family)
    }

    async fn all(&self) -> Vec<&Interpreter> {
        let slots = self.slots().await;
        for pair in slots.chunks(2) {
            if let [first, second] = pair {
                tokio::join!(first.interpreter(), second.interpreter());
            }
        }
        let mut found = Vec::new();
        for slot in slots {
            found.extend(slot.interpreter().await);
        }
        found
    }

    async fn slots(&self) -> &[Slot] {
        self.candidates
            .get_or_init(|| async {
                let options = self.options.clone();
                let candidates = tokio::task::spawn_blocking(move || candidates::search(&options)).await;
                let slot = |candidate| Slot { candidate, interpreter: OnceCell::new() };
                candidates.unwrap_or_default().into_iter().map(slot).collect()
            })
            .await
    }

    async fn missing(&self, runtime: &Runtime) -> RuntimeMissing {
        let found = self.installed().await.into_iter().map(|installed| installed.identifier);
        let provided = ["provided.al2", "provided.al2023"].map(str::to_owned);
        RuntimeMissing { identifier: runtime.to_string(), installed: found.chain(provided).collect() }
    }
}

impl Slot {
    async fn interpreter(&self) -> Option<&Interpreter> {
        self.interpreter.get_or_init(|| probe::probe(&self.candidate)).await.as_ref()
    }
}
