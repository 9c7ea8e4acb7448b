//! The init phase: from the start of the runtime's process to its first `next` (facts: execution-environment §7.1).

use super::failure;
use super::{Phase, RuntimeEnd, SandboxedEnvironment};
use crate::logs::lines::{InitPhase, InitializationType, Status};
use crate::runtime_api::InitSignal;
use lambent_domain::outcome::{FunctionFailure, classify_error_type};
use lambent_domain::request_id::RequestId;
use lambent_sandbox::Exit;
use std::time::Duration;
use tokio::time::Instant;

/// The cap of the on-demand init phase.
const INIT_TIMEOUT: Duration = Duration::from_secs(10);

/// The cap of the init phase of a provisioned environment, unless its function may run for longer.
const PROVISIONED_INIT_TIMEOUT: Duration = Duration::from_secs(130);

/// Why a runtime did not come up.
#[derive(Debug)]
pub(super) enum InitFailure {
    /// It said so itself; the object is for the caller, the type, reduced to what AWS keeps of it, for the log.
    Reported { error_type: String, body: bytes::Bytes },
    /// Its process ended.
    Exited { exit: Exit, out_of_memory: bool },
    /// There was nothing that could be executed.
    Entrypoint(String),
    /// It took too long.
    TimedOut,
    /// The sandbox is lost.
    Lost,
}

impl InitFailure {
    /// The failure as the caller of the invocation sees it.
    pub(super) fn into_failure(self, request_id: RequestId, timeout: Duration) -> FunctionFailure {
        match self {
            Self::Reported { error_type, body } => failure::posted(Some(&error_type), body),
            Self::Exited { exit, out_of_memory } => failure::exited(request_id, exit, out_of_memory),
            Self::Entrypoint(reason) => failure::invalid_entrypoint(request_id, &reason),
            Self::TimedOut => failure::timed_out(request_id, timeout),
            Self::Lost => failure::exited(request_id, Exit::Signal(9), false),
        }
    }

    fn status(&self) -> Status<'_> {
        let error_type = match self {
            Self::TimedOut => return Status::Timeout,
            Self::Reported { error_type, .. } => error_type,
            Self::Exited { out_of_memory: true, .. } => "Runtime.OutOfMemory",
            Self::Exited { .. } | Self::Lost => "Runtime.ExitError",
            Self::Entrypoint(_) => "Runtime.InvalidEntrypoint",
        };
        Status::Error { error_type }
    }
}

impl SandboxedEnvironment {
    /// The init phase of a fresh environment, outside any invocation. A failure is not yet anybody's: the first
    /// invocation tries once more.
    pub(super) async fn init_phase(&mut self) -> Option<Duration> {
        self.journal.init_start(&self.runtime_version);
        let started = Instant::now();
        let result = self.initialise(self.init_timeout()).await;
        let took = started.elapsed();
        self.journal.pump();
        match result {
            Ok(()) => {
                self.journal.init_done(InitPhase::Init);
                if self.initialization == InitializationType::ProvisionedConcurrency {
                    self.journal.init_report(InitPhase::Init, Status::Success, took);
                }
                Some(took)
            }
            Err(failure) => {
                self.journal.init_report(InitPhase::Init, failure.status(), took);
                None
            }
        }
    }

    fn init_timeout(&self) -> Duration {
        match self.initialization {
            InitializationType::OnDemand => INIT_TIMEOUT,
            InitializationType::ProvisionedConcurrency => {
                PROVISIONED_INIT_TIMEOUT.max(self.version.configuration.timeout())
            }
        }
    }

    /// The repeated initialisation inside an invocation, under its deadline and part of its duration.
    pub(super) async fn suppressed_init(&mut self, at_most: Duration) -> Result<(), InitFailure> {
        let started = Instant::now();
        let result = self.initialise(at_most).await;
        if let Err(failure) = &result
            && !matches!(failure, InitFailure::TimedOut)
        {
            self.journal.pump();
            self.journal.init_report(InitPhase::Invoke, failure.status(), started.elapsed());
        }
        result
    }

    /// Starts the runtime and waits for its first word. On failure nothing of it is left running.
    async fn initialise(&mut self, at_most: Duration) -> Result<(), InitFailure> {
        let program = match &self.program {
            Ok(program) => program,
            Err(reason) => {
                self.phase = Phase::Cold;
                return Err(InitFailure::Entrypoint(reason.clone()));
            }
        };
        let signal = self.api.begin_life();
        if let Err(error) = self.sandbox.start(program) {
            tracing::warn!(environment.id = self.sandbox.id(), %error, "failed to start a runtime");
            self.phase = Phase::Broken;
            return Err(InitFailure::Lost);
        }
        let failure = tokio::select! {
            biased;
            signal = signal => match signal {
                Ok(InitSignal::Ready) => {
                    self.phase = Phase::Warm;
                    return Ok(());
                }
                Ok(InitSignal::Error { error_type, body }) => {
                    InitFailure::Reported { error_type: classify_error_type(&error_type.unwrap_or_default()), body }
                }
                Err(_) => InitFailure::Lost,
            },
            end = self.notices.runtime_end() => match end {
                RuntimeEnd::Exited(exit) => InitFailure::Exited { exit, out_of_memory: self.ran_out_of_memory() },
                RuntimeEnd::NotStarted(reason) => InitFailure::Entrypoint(reason),
                RuntimeEnd::Gone => InitFailure::Lost,
            },
            () = tokio::time::sleep(at_most) => InitFailure::TimedOut,
        };
        if matches!(failure, InitFailure::Lost) {
            self.phase = Phase::Broken;
        } else {
            self.reset().await;
        }
        Err(failure)
    }
}
