//! The platform's events as lines of text: fields are separated by tabs, and spaces are part of the names.

use std::fmt;
use std::time::Duration;

use super::event::{InitializationType, Status, SystemEvent};

pub(super) fn render(event: &SystemEvent<'_>) -> Option<String> {
    match event {
        SystemEvent::InitStart { runtime_version, runtime_version_arn, .. } => Some(format!(
            "INIT_START Runtime Version: {runtime_version}\tRuntime Version ARN: {runtime_version_arn}\n"
        )),
        // A successful init is told by the first REPORT, and at once where no call caused it.
        SystemEvent::InitReport { initialization, phase, status, duration }
            if *status != Status::Success
                || *initialization == InitializationType::ProvisionedConcurrency =>
        {
            Some(format!(
                "INIT_REPORT Init Duration: {}\tPhase: {}\t{}\n",
                Millis(*duration),
                phase.word(),
                StatusFields(*status)
            ))
        }
        SystemEvent::InitReport { .. }
        | SystemEvent::InitRuntimeDone { .. }
        | SystemEvent::LogsDropped { .. } => None,
        SystemEvent::Start { request_id, version } => {
            Some(format!("START RequestId: {request_id} Version: {version}\n"))
        }
        SystemEvent::RuntimeDone { request_id, .. } => Some(format!("END RequestId: {request_id}\n")),
        SystemEvent::Report {
            request_id,
            status,
            duration,
            billed,
            memory_mb,
            memory_used_mb_max,
            init_duration,
        } => Some(format!(
            "REPORT RequestId: {request_id}\tDuration: {}\tBilled Duration: {} ms\tMemory Size: {memory_mb} MB\t\
             Max Memory Used: {memory_used_mb_max} MB\t{}{}\n",
            Millis(*duration),
            whole_millis(*billed),
            InitField(*init_duration),
            StatusFields(*status)
        )),
    }
}

/// Milliseconds as they are billed: begun ones count.
pub(super) fn whole_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

/// `3.01 ms`
struct Millis(Duration);

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} ms", self.0.as_secs_f64() * 1_000.0)
    }
}

/// `Init Duration: 110.10 ms` and a tab, or nothing.
struct InitField(Option<Duration>);

impl fmt::Display for InitField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |duration| write!(f, "Init Duration: {}\t", Millis(duration)))
    }
}

/// The last fields: nothing unless the platform had to step in. A failure that the runtime reported is in the
/// function's own lines.
struct StatusFields<'a>(Status<'a>);

impl fmt::Display for StatusFields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Status::Success | Status::Failure { .. } => Ok(()),
            Status::Timeout => f.write_str("Status: timeout"),
            Status::Error { error_type } => write!(f, "Status: error\tError Type: {error_type}"),
        }
    }
}
