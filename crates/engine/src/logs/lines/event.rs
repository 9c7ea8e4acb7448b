//! The platform's events and how important each is.

use std::time::Duration;

use lambent_domain::configuration::{LogFormat, LoggingConfig};
use lambent_domain::request_id::RequestId;

/// `SystemLogLevel`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Debug,
    Info,
    Warn,
}

/// How the platform's lines are written for a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineFormat {
    /// All of them, as text.
    Text,
    /// As objects, from this level up.
    Json { level_min: Level },
}

impl LineFormat {
    /// What the owner configured; `INFO` when no level is set.
    #[must_use]
    pub fn of(logging: &LoggingConfig) -> LineFormat {
        let level_min = match logging.system_level.as_deref() {
            Some("DEBUG") => Level::Debug,
            Some("WARN") => Level::Warn,
            Some(_) | None => Level::Info,
        };
        match logging.format {
            LogFormat::Text => LineFormat::Text,
            LogFormat::Json => LineFormat::Json { level_min },
        }
    }
}

/// When an init happens: before the first invocation, or within one because the first attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InitPhase {
    Init,
    Invoke,
}

impl InitPhase {
    pub(super) fn word(self) -> &'static str {
        match self {
            InitPhase::Init => "init",
            InitPhase::Invoke => "invoke",
        }
    }
}

/// Why an environment was initialised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InitializationType {
    OnDemand,
    ProvisionedConcurrency,
}

impl InitializationType {
    /// As `AWS_LAMBDA_INITIALIZATION_TYPE` and the platform's records name it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            InitializationType::OnDemand => "on-demand",
            InitializationType::ProvisionedConcurrency => "provisioned-concurrency",
        }
    }
}

/// How an init or an invocation went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status<'a> {
    Success,
    /// The function's own failure, as its runtime reported it; REPORT does not mention it.
    Failure {
        error_type: &'a str,
    },
    /// The runtime's failure: it exited, was killed, or broke the protocol.
    Error {
        error_type: &'a str,
    },
    Timeout,
}

impl<'a> Status<'a> {
    pub(super) fn word(self) -> &'static str {
        match self {
            Status::Success => "success",
            Status::Failure { .. } => "failure",
            Status::Error { .. } => "error",
            Status::Timeout => "timeout",
        }
    }

    pub(super) fn error_type(self) -> Option<&'a str> {
        match self {
            Status::Failure { error_type } | Status::Error { error_type } => Some(error_type),
            Status::Success | Status::Timeout => None,
        }
    }
}

/// One of the platform's log events.
#[derive(Debug, Clone, PartialEq)]
pub enum SystemEvent<'a> {
    InitStart {
        initialization: InitializationType,
        phase: InitPhase,
        runtime_version: &'a str,
        runtime_version_arn: &'a str,
        function_name: &'a str,
        function_version: &'a str,
        /// The log stream's random part.
        instance_id: &'a str,
        memory_bytes: u64,
    },
    InitRuntimeDone {
        initialization: InitializationType,
        phase: InitPhase,
        status: Status<'a>,
    },
    InitReport {
        initialization: InitializationType,
        phase: InitPhase,
        status: Status<'a>,
        duration: Duration,
    },
    Start {
        request_id: RequestId,
        version: &'a str,
    },
    /// The END line.
    RuntimeDone {
        request_id: RequestId,
        status: Status<'a>,
        duration: Duration,
        produced_bytes: u64,
    },
    Report {
        request_id: RequestId,
        status: Status<'a>,
        duration: Duration,
        /// Rounded up to the millisecond when printed.
        billed: Duration,
        memory_mb: u64,
        memory_used_mb_max: u64,
        /// Only on the first run of an environment.
        init_duration: Option<Duration>,
    },
    LogsDropped {
        records: u64,
        bytes: u64,
        reason: &'a str,
    },
}

impl SystemEvent<'_> {
    /// A failure is a warning whatever the event's usual level.
    #[must_use]
    pub fn level(&self) -> Level {
        let (usual, status) = match self {
            SystemEvent::InitStart { .. } | SystemEvent::Start { .. } => (Level::Info, Status::Success),
            SystemEvent::InitReport {
                initialization: InitializationType::ProvisionedConcurrency,
                status,
                ..
            } => (Level::Info, *status),
            SystemEvent::InitRuntimeDone { status, .. }
            | SystemEvent::InitReport { status, .. }
            | SystemEvent::RuntimeDone { status, .. } => (Level::Debug, *status),
            SystemEvent::Report { status, .. } => (Level::Info, *status),
            SystemEvent::LogsDropped { .. } => (Level::Warn, Status::Success),
        };
        if status == Status::Success { usual } else { Level::Warn }
    }
}
