//! An environment that does what a [`Script`] says, in the phases of a real one.

use super::{InitEnd, RunEnd, Script};
use crate::environment::{Lost, Run, StartError, Workshop};
use crate::isolation::{ExecutionEnvironment, Isolation};
use crate::logs::lines::InitializationType;
use crate::response_stream::ResponseWriter;
use crate::tasks::Tasks;
use async_trait::async_trait;
use bytes::Bytes;
use lambent_domain::attempt::LogPointer;
use lambent_domain::function::FunctionVersion;
use lambent_domain::invocation::Invocation;
use lambent_domain::outcome::{FailureKind, FunctionFailure, Outcome};
use lambent_domain::time::Clock;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The cap of the init phase.
const INIT_TIMEOUT: Duration = Duration::from_secs(10);

/// Makes environments up.
#[derive(Debug)]
pub(super) struct MadeUp {
    pub(super) script: Arc<dyn Script>,
}

#[async_trait]
impl Isolation for MadeUp {
    async fn start(
        &self,
        workshop: &Arc<Workshop>,
        version: Arc<FunctionVersion>,
        _initialization: InitializationType,
        _tasks: Tasks,
    ) -> Result<Box<dyn ExecutionEnvironment>, StartError> {
        let (number, step) = self.script.start(&version);
        let environment = MadeUpEnvironment {
            number,
            version,
            script: Arc::clone(&self.script),
            clock: Arc::clone(&workshop.clock),
            phase: Phase::Fresh,
            born: Instant::now(),
            free_at: Instant::now(),
        };
        sleep(step.took).await;
        if step.fails {
            return Err(StartError::Host(std::io::Error::other("the script says so")));
        }
        Ok(Box::new(environment))
    }
}

#[derive(Debug)]
struct MadeUpEnvironment {
    number: u64,
    version: Arc<FunctionVersion>,
    script: Arc<dyn Script>,
    clock: Arc<dyn Clock>,
    phase: Phase,
    born: Instant,
    /// When its runtime asks for more.
    free_at: Instant,
}

/// As in a real one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Fresh,
    Warm,
    Spoiled,
    Cold,
    Broken,
}

#[async_trait]
impl ExecutionEnvironment for MadeUpEnvironment {
    fn version(&self) -> &Arc<FunctionVersion> {
        &self.version
    }

    fn age(&self) -> Duration {
        self.born.elapsed()
    }

    async fn prepare(&mut self) {
        if self.phase == Phase::Fresh {
            self.initialise(INIT_TIMEOUT).await;
        }
    }

    fn is_warm(&self) -> bool {
        self.phase == Phase::Warm
    }

    fn has_ended(&mut self) -> bool {
        self.phase != Phase::Warm || self.script.dies_idle(self.number)
    }

    async fn settle(&mut self, at_most: Duration) -> bool {
        match self.phase {
            Phase::Cold => true,
            Phase::Broken => false,
            Phase::Spoiled => self.reset().await,
            Phase::Fresh | Phase::Warm => {
                let left = self.free_at.saturating_duration_since(Instant::now());
                sleep(left.min(at_most)).await;
                left <= at_most
            }
        }
    }

    fn is_free(&self) -> bool {
        match self.phase {
            Phase::Cold => true,
            Phase::Warm => self.free_at <= Instant::now(),
            Phase::Fresh | Phase::Spoiled | Phase::Broken => false,
        }
    }

    fn is_in_order(&self) -> bool {
        matches!(self.phase, Phase::Warm | Phase::Cold)
    }

    async fn is_usable(&mut self) -> bool {
        if self.phase == Phase::Warm && self.script.dies_idle(self.number) {
            return self.reset().await;
        }
        self.phase != Phase::Broken
    }

    async fn invoke(
        &mut self,
        invocation: &Invocation,
        _stream: Option<ResponseWriter>,
    ) -> Result<Run, Lost> {
        self.prepare().await;
        if self.phase == Phase::Broken {
            return Err(Lost);
        }
        let (started_at, started) = (self.clock.now(), Instant::now());
        let in_order = self.phase == Phase::Cold || (self.phase == Phase::Warm && self.free_at <= started);
        let (takes, end) = self.script.run(self.number, invocation, in_order);
        let outcome = self.run(takes, end).await;
        let known = (self.phase != Phase::Broken).then_some(&outcome);
        self.script.ran(self.number, invocation, known);
        if self.phase == Phase::Broken {
            return Err(Lost);
        }
        self.free_at = Instant::now() + self.script.lingers(self.number);
        let log = LogPointer {
            group: format!("/aws/lambda/{}", self.version.configuration.name),
            stream: self.number.to_string(),
            environment: Some(self.number.to_string()),
            position: Some(started_at),
        };
        let (duration, log_tail) = (started.elapsed(), Bytes::new());
        Ok(Run { outcome, content_type: None, started_at, duration, log, log_tail })
    }
}

impl MadeUpEnvironment {
    /// Starts the runtime; nothing of it is left running where that fails.
    async fn initialise(&mut self, at_most: Duration) {
        let (takes, end) = self.script.init(self.number);
        sleep(takes.min(at_most)).await;
        self.phase = match end {
            InitEnd::Ready if takes <= at_most => Phase::Warm,
            InitEnd::Ready | InitEnd::Failed => Phase::Cold,
            InitEnd::Lost => Phase::Broken,
        };
    }

    async fn run(&mut self, takes: Duration, end: RunEnd) -> Outcome {
        let timeout = self.version.configuration.timeout();
        let deadline = Instant::now() + timeout;
        if self.phase == Phase::Cold {
            self.initialise(timeout).await;
            if self.phase != Phase::Warm {
                return failed(FailureKind::RuntimeExited);
            }
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if takes >= left || end == RunEnd::NeverAnswers {
            sleep(left).await;
            self.phase = Phase::Spoiled;
            return failed(FailureKind::Timeout);
        }
        sleep(takes).await;
        match end {
            RunEnd::Answered(outcome) => outcome,
            RunEnd::Lost => {
                self.phase = Phase::Broken;
                failed(FailureKind::RuntimeExited)
            }
            RunEnd::Exited | RunEnd::NeverAnswers => {
                self.phase = Phase::Spoiled;
                failed(FailureKind::RuntimeExited)
            }
        }
    }

    async fn reset(&mut self) -> bool {
        self.phase = Phase::Broken;
        let step = self.script.reset(self.number);
        sleep(step.took).await;
        if !step.fails {
            self.phase = Phase::Cold;
        }
        !step.fails
    }
}

fn failed(kind: FailureKind) -> Outcome {
    let message = kind.error_type().to_owned();
    let payload = Bytes::from(format!(r#"{{"errorType":"{message}"}}"#));
    Outcome::Failed(FunctionFailure { kind, payload, message, error_type: None })
}

impl Drop for MadeUpEnvironment {
    fn drop(&mut self) {
        self.script.ended(self.number);
    }
}
