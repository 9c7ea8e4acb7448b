//! The engine over made-up environments, for simulations (feature `simulation`, never in a server).
//!
//! Everything from the dispatcher to the pool is what a server runs. What an environment does, and how long it takes for
//! it, says a [`Script`]; nothing takes real time under tokio's paused clock. On one thread, with a clock and a store that
//! are simulated too and with chance [`seed`]ed, the same script gives the same run, to the last poll.

mod environment;

use crate::engine::{Engine, EngineOptions};
use crate::environment::Workshop;
use crate::logs::LogStore;
use crate::runtimes::Runtimes;
use environment::MadeUp;
use lambent_domain::function::FunctionVersion;
use lambent_domain::invocation::Invocation;
use lambent_domain::outcome::Outcome;
use lambent_domain::time::Clock;
use lambent_store::code::CodeStore;
use lambent_store::queue::EventQueue;
use lambent_store::resources::Resources;
use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

thread_local! {
    static CHANCE: Cell<Option<u64>> = const { Cell::new(None) };
}

/// From now on everything that the engine leaves to chance on this thread comes from this seed.
pub fn seed(seed: u64) {
    CHANCE.set(Some(seed));
}

/// The next number, by the splitmix64 generator; none where nothing was seeded.
pub(crate) fn chance() -> Option<u32> {
    let state = CHANCE.get()?.wrapping_add(0x9E37_79B9_7F4A_7C15);
    CHANCE.set(Some(state));
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    u32::try_from((mixed ^ (mixed >> 31)) >> 32).ok()
}

/// Says what made-up environments do, and is told what is done to them. Called from within the engine's tasks: it must
/// not call the engine.
pub trait Script: Send + Sync + std::fmt::Debug {
    /// An environment of this version is wanted. Answers its number, how long it takes to build it, and whether it can be
    /// built.
    fn start(&self, version: &Arc<FunctionVersion>) -> (u64, Step);

    /// It starts its runtime: how long that takes, and whether the runtime comes up.
    fn init(&self, environment: u64) -> (Duration, InitEnd);

    /// It is given an invocation: what comes of it, after how long. `in_order` is false if it should have been reset.
    fn run(&self, environment: u64, invocation: &Invocation, in_order: bool) -> (Duration, RunEnd);

    /// The run is over; without an outcome the environment is lost.
    fn ran(&self, environment: u64, invocation: &Invocation, outcome: Option<&Outcome>);

    /// It has answered: how long until its runtime asks for more.
    fn lingers(&self, environment: u64) -> Duration;

    /// Somebody looks whether its runtime is still there.
    fn dies_idle(&self, environment: u64) -> bool;

    /// Everything in it is killed: how long that takes, and whether it can be used once more.
    fn reset(&self, environment: u64) -> Step;

    /// It has ended.
    fn ended(&self, environment: u64);
}

/// Something that takes its time and may fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// How long it takes.
    pub took: Duration,
    /// Whether it fails.
    pub fails: bool,
}

/// How an initialisation ends that is not cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InitEnd {
    /// The runtime asks for its first invocation.
    Ready,
    /// It reports an error or its process ends.
    Failed,
    /// The environment is lost.
    Lost,
}

/// How a run ends that is not cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunEnd {
    /// With an answer: a response or an error.
    Answered(Outcome),
    /// The runtime's process ends.
    Exited,
    /// Not before its timeout.
    NeverAnswers,
    /// The environment is lost.
    Lost,
}

/// What a simulated engine works with.
#[derive(Debug)]
pub struct SimulatedParts {
    /// The functions.
    pub resources: Resources,
    /// The accepted events.
    pub queue: Arc<dyn EventQueue>,
    /// The code packages. Made-up environments read none.
    pub code: Arc<CodeStore>,
    /// The functions' logs.
    pub logs: LogStore,
    /// The language runtimes. Made-up environments need none.
    pub runtimes: Arc<Runtimes>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Says what environments do.
    pub script: Arc<dyn Script>,
}

impl Engine {
    /// [`Engine::new`] over made-up environments, without the housekeeping of files.
    #[must_use]
    pub fn simulated(options: EngineOptions, parts: SimulatedParts) -> Self {
        let SimulatedParts { resources, queue, code, logs, runtimes, clock, script } = parts;
        let isolation = Arc::new(MadeUp { script });
        let workshop = Workshop { options, isolation, code, runtimes, logs, clock, private_api: None };
        Self::over(workshop, &resources, queue)
    }

    /// What the end of a process does: its idle environments end too. To be called when the runtime is gone that all
    /// else ran on.
    pub fn end(&self) {
        self.shared.pool.close();
    }
}
