//! Station 10, invoke: one run, under its deadline.

use super::failure;
use super::{Phase, RuntimeEnd, SandboxedEnvironment};
use crate::isolation::ExecutionEnvironment;
use crate::response_stream::ResponseWriter;
use crate::runtime_api::{Answer, NextInvocation};
use bytes::Bytes;
use http::HeaderValue;
use lambent_domain::attempt::LogPointer;
use lambent_domain::invocation::Invocation;
use lambent_domain::outcome::{FunctionFailure, Outcome};
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;
use std::time::Duration;
use tokio::time::Instant;

/// After a run that took longer than this the memory is always looked at.
const SHORT_RUN: Duration = Duration::from_millis(10);
/// And it is looked at this often in any case.
const MEMORY_INTERVAL: Duration = Duration::from_millis(100);
/// How long the news of a process's end may take after its connections broke.
const END_NOTICE_MAX: Duration = Duration::from_millis(200);

/// The function did not run, or nobody knows: the sandbox was lost. That is a fault of ours or the host's, not the
/// function's.
#[derive(Debug)]
pub(crate) struct Lost;

/// One run and what is to be told of it.
#[derive(Debug)]
pub(crate) struct Run {
    /// Without a payload where the response has gone to the caller as it came.
    pub(crate) outcome: Outcome,
    /// What the runtime said that its response is.
    pub(crate) content_type: Option<HeaderValue>,
    pub(crate) started_at: Timestamp,
    pub(crate) duration: Duration,
    pub(crate) log: LogPointer,
    /// The last 4 KB of the run's log.
    pub(crate) log_tail: Bytes,
}

impl SandboxedEnvironment {
    /// Runs the function once. What goes wrong in the function is an outcome. A response that its runtime streams goes
    /// into `stream`, if there is one.
    pub(super) async fn invoke_now(
        &mut self,
        invocation: &Invocation,
        stream: Option<ResponseWriter>,
    ) -> Result<Run, Lost> {
        self.prepare().await;
        if self.phase == Phase::Broken {
            return Err(Lost);
        }
        let init = self.init_duration.take();
        let timeout = self.version.configuration.timeout();
        let started_at = self.journal.begin(invocation.request_id);
        let started = Instant::now();
        let watch = stream.as_ref().map(ResponseWriter::watch);
        let answered = self.run(invocation, stream, started_at, started + timeout).await;
        let duration = started.elapsed();
        let streamed_bytes = watch.map_or(0, |watch| {
            watch.end();
            watch.bytes()
        });
        let content_type = answered.as_ref().ok().and_then(Answer::content_type);
        let outcome = match answered {
            Ok(answer) => failure::of_answer(invocation.request_id, answer),
            Err(failure) => Outcome::Failed(failure),
        };
        self.journal.pump();
        let memory_peak_bytes = self.memory_peak(duration);
        let log_tail = self.journal.end(&outcome, streamed_bytes, duration, init, memory_peak_bytes);
        if self.phase == Phase::Broken {
            return Err(Lost);
        }
        self.phase = next_phase(self.phase, &outcome);
        let log = self.journal.pointer(started_at);
        Ok(Run { outcome, content_type, started_at, duration, log, log_tail })
    }

    /// The most memory it has used so far. Asking the kernel costs as much as all else about a short run, so a run that
    /// took next to no time, right after another, reports what that one did.
    fn memory_peak(&mut self, duration: Duration) -> Option<u64> {
        let known = self.memory_peak.filter(|(at, _)| duration < SHORT_RUN && at.elapsed() < MEMORY_INTERVAL);
        let (_, bytes) = known.or_else(|| {
            let bytes = self.sandbox.memory_peak_bytes()?;
            self.memory_peak = Some((Instant::now(), bytes));
            self.memory_peak
        })?;
        Some(bytes)
    }

    async fn run(
        &mut self,
        invocation: &Invocation,
        stream: Option<ResponseWriter>,
        started_at: Timestamp,
        deadline: Instant,
    ) -> Result<Answer, FunctionFailure> {
        let timeout = self.version.configuration.timeout();
        let request_id = invocation.request_id;
        if self.phase == Phase::Cold {
            let remaining = deadline.saturating_duration_since(Instant::now());
            self.suppressed_init(remaining)
                .await
                .map_err(|failed| failed.into_failure(request_id, timeout))?;
        }
        let next = NextInvocation {
            request_id,
            deadline_ms: started_at.plus(timeout).as_millis(),
            invoked_arn: invocation.invoked_arn.to_string(),
            trace: invocation.trace.clone(),
            client_context: invocation.client_context.clone(),
            tenant_id: invocation.tenant_id.clone(),
            payload: invocation.payload.clone(),
        };
        let answer = self.api.deliver(next, stream);
        let end = tokio::select! {
            biased;
            answer = answer => match answer {
                // An upload breaks off before it is known that its process has died.
                Ok(Answer::Truncated) => {
                    let end = tokio::time::timeout(END_NOTICE_MAX, self.notices.runtime_end()).await;
                    let Ok(end) = end else { return Ok(Answer::Truncated) };
                    end
                }
                answer => return answer.map_err(|_| failure::timed_out(request_id, timeout)),
            },
            end = self.notices.runtime_end() => end,
            () = tokio::time::sleep_until(deadline) => return Err(failure::timed_out(request_id, timeout)),
        };
        Err(self.ended(request_id, end))
    }

    /// The runtime's process ended instead of answering.
    fn ended(&mut self, request_id: RequestId, end: RuntimeEnd) -> FunctionFailure {
        let out_of_memory = self.ran_out_of_memory();
        match end {
            RuntimeEnd::Exited(exit) => failure::exited(request_id, exit, out_of_memory),
            RuntimeEnd::NotStarted(reason) => failure::invalid_entrypoint(request_id, &reason),
            RuntimeEnd::Gone => {
                self.phase = Phase::Broken;
                failure::exited(request_id, lambent_sandbox::Exit::Signal(9), out_of_memory)
            }
        }
    }
}

/// Where a run leaves its environment. The caller need not wait while one is emptied: `settle` does that before
/// anybody can use it again (X3). One whose runtime ran out of memory before it could even be initialised is given up:
/// what it keeps in `/tmp` counts as memory too, so every further runtime might have nothing left to start with.
fn next_phase(now: Phase, outcome: &Outcome) -> Phase {
    use lambent_domain::outcome::FailureKind as Kind;
    let Outcome::Failed(failure) = outcome else { return now };
    match (&failure.kind, now) {
        (Kind::OutOfMemory, Phase::Cold) => Phase::Broken,
        (Kind::Timeout | Kind::RuntimeExited | Kind::OutOfMemory | Kind::InvalidEntrypoint, Phase::Warm) => {
            Phase::Spoiled
        }
        (
            Kind::Timeout
            | Kind::RuntimeExited
            | Kind::OutOfMemory
            | Kind::InvalidEntrypoint
            | Kind::Raised(_)
            | Kind::ResponseTooLarge
            | Kind::RuntimeProtocol(_),
            Phase::Fresh | Phase::Warm | Phase::Spoiled | Phase::Cold | Phase::Broken,
        ) => now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambent_domain::outcome::FailureKind;

    #[test]
    fn where_a_run_leaves_its_environment() {
        let failed = |kind| {
            let payload = Bytes::new();
            Outcome::Failed(FunctionFailure { kind, payload, message: String::new(), error_type: None })
        };
        let raised = failed(FailureKind::Raised("Runtime.Unknown".to_owned()));
        assert_eq!(next_phase(Phase::Warm, &Outcome::Returned { payload: Bytes::new() }), Phase::Warm);
        assert_eq!(next_phase(Phase::Warm, &raised), Phase::Warm);
        assert_eq!(next_phase(Phase::Warm, &failed(FailureKind::Timeout)), Phase::Spoiled);
        assert_eq!(next_phase(Phase::Warm, &failed(FailureKind::OutOfMemory)), Phase::Spoiled);
        // In the repeated initialisation: nothing runs any more.
        assert_eq!(next_phase(Phase::Cold, &failed(FailureKind::Timeout)), Phase::Cold);
        assert_eq!(next_phase(Phase::Cold, &failed(FailureKind::OutOfMemory)), Phase::Broken);
    }
}
