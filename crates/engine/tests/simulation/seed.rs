//! A world from its seed to its end, and many of them.

use crate::chance::Chance;
use crate::life::{Ending, live};
use crate::model::Tally;
use crate::world::World;
use lambent_engine::clock::SystemClock;
use lambent_engine::logs::{LogLimits, LogStore};
use lambent_engine::runtimes::{self, Runtimes};
use lambent_store::code::CodeStore;
use std::sync::Arc;
use tempfile::TempDir;

/// Lines of the trace that are shown of a world in which a promise was broken.
const LINES_SHOWN: usize = 60;

/// What the engine wants to have and does not use here.
pub(crate) struct Fixture {
    pub(crate) code: Arc<CodeStore>,
    pub(crate) logs: LogStore,
    pub(crate) runtimes: Arc<Runtimes>,
    _dir: TempDir,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let code = CodeStore::open(&dir.path().join("code")).unwrap();
        let clock = Arc::new(SystemClock);
        let logs = LogStore::open(dir.path().join("logs"), LogLimits::default(), clock).unwrap();
        let runtimes = Runtimes::discover(runtimes::Options::default());
        Self { code: Arc::new(code), logs, runtimes: Arc::new(runtimes), _dir: dir }
    }
}

/// What became of a world.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) trace: Vec<String>,
    pub(crate) violation: Option<String>,
    pub(crate) tally: Tally,
}

/// Runs one world.
pub(crate) fn run(fixture: &Fixture, seed: u64) -> Ran {
    lambent_engine::simulation::seed(seed);
    let world = World::new(seed);
    let mut chance = Chance::new(seed, 3);
    for life in 0..=world.shape.lives {
        let ending = if life == world.shape.lives {
            Ending::Peace
        } else {
            *chance.pick(&[Ending::PowerFails, Ending::PowerFails, Ending::Killed, Ending::Stopped])
        };
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        world.model().die_after(if chance.percent(60) { chance.between(1, 900) } else { u64::MAX });
        let engine = runtime.block_on(live(&world, fixture, ending));
        // Everything that runs dies where it stands.
        world.model().dies();
        drop(runtime);
        engine.end();
        drop(engine);
        match ending {
            Ending::PowerFails => world.disk.crash(),
            Ending::Killed | Ending::Stopped | Ending::Peace => world.disk.kill(),
        }
        world.model().nothing_is_left();
        if world.model().violation.is_some() {
            break;
        }
    }
    let mut model = world.model();
    let (trace, violation) = (std::mem::take(&mut model.trace), model.violation.take());
    Ran { trace, violation, tally: model.tally }
}

/// A row of worlds.
#[derive(Debug)]
pub(crate) struct Seeds {
    pub(crate) first: u64,
    pub(crate) count: u64,
}

impl Seeds {
    /// Runs them all; the first broken promise ends it.
    pub(crate) fn run(&self) {
        let fixture = Fixture::new();
        let mut all = Tally::default();
        for seed in self.first..self.first + self.count {
            let ran = run(&fixture, seed);
            all.add(&ran.tally);
            if let Some(violation) = ran.violation {
                let shown = ran.trace.len().saturating_sub(LINES_SHOWN);
                for line in &ran.trace[shown..] {
                    eprintln!("{line}");
                }
                panic!(
                    "seed {seed} breaks {violation}\nalone: LAMBENT_SIMULATION_SEED={seed} cargo nextest run \
                     -p lambent-engine --test simulation one_seed --no-capture"
                );
            }
        }
        eprintln!("{} worlds: {all:?}", self.count);
    }
}
