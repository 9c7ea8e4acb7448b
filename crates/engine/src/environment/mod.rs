//! One execution environment as it is in production: a sandbox, the runtime in it, its Runtime API and its log stream.
//!
//! Whoever holds an [`SandboxedEnvironment`] is the only one who can run anything in it, so it runs one invocation
//! at a time (X1); it is built for one function version and never changes it (X2); after a timeout or a crash
//! everything in it is killed before it runs again (X3); and when it is dropped the sandbox is, with all that was
//! started in it (X4).
//!
//! ```text
//! start ─▶ Fresh ──init──▶ Warm ⇄ invoking ──timeout, exit──▶ Spoiled ──reset──▶ Cold ──init in the next run──▶ Warm
//!            └──── init failed or took 10 s ─────────────────────────────────────▶ Cold
//! ```

mod failure;
mod init;
mod invoke;
mod journal;
mod notices;
mod start;
mod variables;

pub(crate) use invoke::{Lost, Run};
pub(crate) use start::{Sandboxes, StartError, Workshop, log_stream};

use crate::credentials::FunctionCredentials;
use crate::isolation::ExecutionEnvironment;
use crate::logs::lines::InitializationType;
use crate::response_stream::ResponseWriter;
use crate::runtime_api::RuntimeApi;
use crate::tasks::Tasks;
use async_trait::async_trait;
use journal::Journal;
use lambent_domain::function::FunctionVersion;
use lambent_domain::invocation::Invocation;
use lambent_sandbox::{Notice, Program, Sandbox};
use lambent_store::code::{LayerTree, StoredPackage};
use notices::{NoticeStream, RuntimeEnd};
use std::sync::Arc;
use std::time::Duration;

/// How long the kernel may take to kill what runs in a sandbox.
const RESET_TIMEOUT: Duration = Duration::from_secs(5);

/// See the module's text.
#[derive(Debug)]
pub(crate) struct SandboxedEnvironment {
    version: Arc<FunctionVersion>,
    sandbox: Sandbox,
    notices: NoticeStream,
    program: Result<Program, String>,
    api: Arc<RuntimeApi>,
    journal: Arc<Journal>,
    tasks: Tasks,
    phase: Phase,
    initialization: InitializationType,
    /// How long the init phase took, until the first run has reported it.
    init_duration: Option<Duration>,
    /// The memory's peak, and when it was read.
    memory_peak: Option<(tokio::time::Instant, u64)>,
    /// Text of INIT_START.
    runtime_version: String,
    /// Out-of-memory kills seen so far; more of them tell why a runtime died.
    oom_kills: u64,
    /// When it was made.
    born: tokio::time::Instant,
    /// Keeps what the function signs its calls with good.
    _credentials: Option<FunctionCredentials>,
    /// Keep code and layers on the disk.
    _package: StoredPackage,
    _layers: Option<LayerTree>,
}

/// Whether the runtime has been initialised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing has run yet; the init phase comes first.
    Fresh,
    /// The runtime waits for work, or is about to.
    Warm,
    /// The runtime may still be at work on an invocation that is over, or has ended; it must be reset.
    Spoiled,
    /// Nothing runs; the next invocation begins with an initialisation of its own.
    Cold,
    /// The sandbox is lost.
    Broken,
}

#[async_trait]
impl ExecutionEnvironment for SandboxedEnvironment {
    fn version(&self) -> &Arc<FunctionVersion> {
        &self.version
    }

    fn age(&self) -> Duration {
        self.born.elapsed()
    }

    async fn prepare(&mut self) {
        if self.phase == Phase::Fresh {
            self.init_duration = self.init_phase().await;
        }
    }

    fn is_warm(&self) -> bool {
        self.phase == Phase::Warm
    }

    fn has_ended(&mut self) -> bool {
        loop {
            match self.notices.try_next() {
                Ok(None) => return self.phase != Phase::Warm,
                Ok(Some(Notice::Started { .. } | Notice::ResetDone)) => {}
                Ok(Some(Notice::Exited(_) | Notice::StartFailed { .. } | Notice::Gone)) | Err(_) => {
                    return true;
                }
            }
        }
    }

    async fn settle(&mut self, at_most: Duration) -> bool {
        match self.phase {
            Phase::Cold => return true,
            Phase::Broken => return false,
            Phase::Spoiled => return self.reset().await,
            Phase::Fresh | Phase::Warm => {}
        }
        let Some(mut idle) = self.api.idle() else { return true };
        let give_up = tokio::time::sleep(at_most);
        tokio::pin!(give_up);
        loop {
            tokio::select! {
                asked = &mut idle => return asked.is_ok(),
                notice = self.notices.next() => match notice {
                    // A runtime that ends after its answer leaves a sandbox that can start another.
                    Notice::Exited(_) => return self.reset().await,
                    Notice::Started { .. } | Notice::ResetDone => {}
                    Notice::StartFailed { .. } | Notice::Gone => {
                        self.phase = Phase::Broken;
                        return false;
                    }
                },
                () = &mut give_up => return false,
            }
        }
    }

    fn is_free(&self) -> bool {
        match self.phase {
            Phase::Cold => true,
            Phase::Warm => self.api.is_idle(),
            Phase::Fresh | Phase::Spoiled | Phase::Broken => false,
        }
    }

    fn is_in_order(&self) -> bool {
        matches!(self.phase, Phase::Warm | Phase::Cold)
    }

    async fn is_usable(&mut self) -> bool {
        loop {
            match self.notices.try_next() {
                Ok(None) => return self.phase != Phase::Broken,
                Ok(Some(Notice::Exited(_))) => {
                    if !self.reset().await {
                        return false;
                    }
                }
                Ok(Some(Notice::Started { .. } | Notice::ResetDone)) => {}
                Ok(Some(Notice::StartFailed { .. } | Notice::Gone)) | Err(_) => {
                    self.phase = Phase::Broken;
                    return false;
                }
            }
        }
    }

    async fn invoke(&mut self, invocation: &Invocation, stream: Option<ResponseWriter>) -> Result<Run, Lost> {
        self.invoke_now(invocation, stream).await
    }
}

impl SandboxedEnvironment {
    /// Kills everything in the sandbox; `/tmp` stays. The next invocation starts the runtime again.
    async fn reset(&mut self) -> bool {
        self.phase = Phase::Broken;
        // Whatever the old process still says must not be taken for the new one's word.
        drop(self.api.begin_life());
        if let Err(error) = self.sandbox.reset() {
            tracing::warn!(environment.id = self.sandbox.id(), %error, "failed to reset an environment");
            return false;
        }
        let done = async {
            loop {
                match self.notices.next().await {
                    Notice::ResetDone => return true,
                    Notice::Gone => return false,
                    Notice::Started { .. } | Notice::StartFailed { .. } | Notice::Exited(_) => {}
                }
            }
        };
        let done = tokio::time::timeout(RESET_TIMEOUT, done).await.unwrap_or(false);
        if done {
            self.journal.restart();
            self.phase = Phase::Cold;
        }
        done
    }

    /// Whether the kernel has killed something for its memory since the last time this was asked.
    fn ran_out_of_memory(&mut self) -> bool {
        let kills = self.sandbox.oom_kills().unwrap_or(0);
        let more = kills > self.oom_kills;
        self.oom_kills = kills;
        more
    }
}

impl Drop for SandboxedEnvironment {
    fn drop(&mut self) {
        self.tasks.stop();
    }
}
