//! Station 10, invoke: one run, under its deadline.

use super::failure;
use super::{ExecutionEnvironment, Phase, RuntimeEnd};
use crate::runtime_api::{Answer, NextInvocation};
use bytes::Bytes;
use lambent_domain::attempt::LogPointer;
use lambent_domain::invocation::Invocation;
use lambent_domain::outcome::{FunctionFailure, Outcome};
use lambent_domain::time::Timestamp;
use std::time::Duration;
use tokio::time::Instant;

/// One run and what is to be told of it.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) outcome: Outcome,
    pub(crate) started_at: Timestamp,
    pub(crate) duration: Duration,
    pub(crate) log: LogPointer,
    /// The last 4 KB of the run's log.
    pub(crate) log_tail: Bytes,
}

impl ExecutionEnvironment {
    /// Runs the function once. Never fails: what goes wrong in the function is an outcome.
    pub(crate) async fn invoke(&mut self, invocation: &Invocation) -> Run {
        let init = if self.phase == Phase::Fresh { self.init_phase().await } else { None };
        let timeout = self.version.configuration.timeout();
        let started_at = self.journal.begin(invocation.request_id);
        let started = Instant::now();
        let outcome = match self.run(invocation, started_at, started + timeout).await {
            Ok(answer) => failure::of_answer(invocation.request_id, answer),
            Err(failure) => Outcome::Failed(failure),
        };
        let duration = started.elapsed();
        self.journal.pump();
        let memory = self.sandbox.usage().memory_peak_bytes;
        let log_tail = self.journal.end(&outcome, duration, init, memory);
        // The caller need not wait while it is emptied: `settle` does that before anybody can use it again (X3).
        if self.phase == Phase::Warm && needs_reset(&outcome) {
            self.phase = Phase::Spoiled;
        }
        Run { outcome, started_at, duration, log: self.journal.pointer(), log_tail }
    }

    async fn run(
        &mut self,
        invocation: &Invocation,
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
        let answer = self.api.deliver(NextInvocation {
            request_id,
            deadline_ms: started_at.plus(timeout).as_millis(),
            invoked_arn: invocation.invoked_arn.to_string(),
            trace: invocation.trace.clone(),
            client_context: invocation.client_context.clone(),
            payload: invocation.payload.clone(),
        });
        tokio::select! {
            biased;
            answer = answer => answer.map_err(|_| failure::timed_out(request_id, timeout)),
            end = self.notices.runtime_end() => {
                let out_of_memory = self.ran_out_of_memory();
                Err(match end {
                    RuntimeEnd::Exited(exit) => failure::exited(request_id, exit, out_of_memory),
                    RuntimeEnd::NotStarted(reason) => failure::invalid_entrypoint(request_id, &reason),
                    RuntimeEnd::Gone => {
                        self.phase = Phase::Broken;
                        failure::exited(request_id, lambent_sandbox::Exit::Signal(9), out_of_memory)
                    }
                })
            }
            () = tokio::time::sleep_until(deadline) => Err(failure::timed_out(request_id, timeout)),
        }
    }
}

/// Whether the runtime may still be at work on this invocation, or is gone.
fn needs_reset(outcome: &Outcome) -> bool {
    use lambent_domain::outcome::FailureKind as Kind;
    match outcome {
        Outcome::Returned { .. } => false,
        Outcome::Failed(failure) => match failure.kind {
            Kind::Timeout | Kind::RuntimeExited | Kind::OutOfMemory | Kind::InvalidEntrypoint => true,
            Kind::Raised(_) | Kind::ResponseTooLarge | Kind::RuntimeProtocol(_) => false,
        },
    }
}
