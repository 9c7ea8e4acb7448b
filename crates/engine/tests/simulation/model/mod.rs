//! The reference: what every event, environment and function may do, kept beside the real ones and compared at every step.
//!
//! - E1 an event that was accepted is known after every restart ([`restart`])
//! - E2 it gets one final disposition, and is not run after it ([`settling`], [`running`])
//! - E3 no run begins after its age ([`running`])
//! - E4 whoever is to be told of its end is told of it in the settlement itself, and is told ([`records`])
//! - E5 a run after a function error is one that the configuration allows at the decision ([`settling`])
//! - X1, X2, X3, X4 and C1 ([`running`])
//! - F1 what is ready is taken within a bound, and L1 nothing grows beyond its bound ([`liveness`])

mod keys;
mod liveness;
mod owners;
mod records;
mod restart;
mod running;
mod settling;

use crate::chance::Chance;
use crate::clock::WorldClock;
use crate::life::Ending;
use crate::shape::Shape;
use lambent_domain::arn::FunctionName;
use lambent_domain::disposition::EventInvokeConfig;
use lambent_domain::event::{Event, EventState};
use lambent_domain::function::Function;
use lambent_domain::qualifier::Qualifier;
use lambent_domain::request_id::RequestId;
use lambent_domain::time::{Clock, Timestamp};
use lambent_store::resources::FunctionStore;
pub(crate) use records::Brought;
pub(crate) use running::Temper;
use running::{Environment, Reserved};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) shape: Shape,
    pub(crate) clock: Arc<WorldClock>,
    /// The chance of environments.
    pub(crate) chance: Chance,
    pub(crate) events: BTreeMap<RequestId, Known>,
    /// The functions as this life's engine sees them.
    pub(crate) functions: Option<Arc<FunctionStore>>,
    pub(crate) tempers: BTreeMap<FunctionName, Temper>,
    /// Nothing fails any more but functions.
    pub(crate) calm: bool,
    /// The server is dead, and its parts are taken away in no order.
    dying: bool,
    /// Synchronous calls under way.
    pub(crate) calls: BTreeMap<RequestId, FunctionName>,
    environments: BTreeMap<u64, Environment>,
    last_environment: u64,
    reserved: BTreeMap<FunctionName, Reserved>,
    /// When each function with something ready was last served, or had nothing ready.
    served: BTreeMap<FunctionName, Duration>,
    arrived: BTreeSet<Brought>,
    given_up: BTreeSet<Brought>,
    keys: Vec<keys::Key>,
    /// The latest instant of any life: what was over then may be forgotten, wherever the clock is set afterwards.
    latest_ever: Timestamp,
    /// Functions whose waiting events are being ended.
    pub(super) purges: Vec<(FunctionName, End)>,
    /// Ends that a power loss may take back, in their order.
    undurable: Vec<RequestId>,
    pub(crate) trace: Vec<String>,
    pub(crate) violation: Option<String>,
    /// The step at which this life ends, if at none before.
    pub(crate) dies_at: u64,
    steps: u64,
    pub(crate) tally: Tally,
}

/// How much happened: a simulation in which nothing does finds nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) accepted: u64,
    pub(crate) runs: u64,
    pub(crate) succeeded: u64,
    pub(crate) failed: u64,
    pub(crate) cancelled: u64,
    pub(crate) retries: u64,
    pub(crate) arrived: u64,
    pub(crate) redriven: u64,
    pub(crate) sent_again: u64,
    pub(crate) longest_wait: Duration,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.runs += other.runs;
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.cancelled += other.cancelled;
        self.retries += other.retries;
        self.arrived += other.arrived;
        self.redriven += other.redriven;
        self.sent_again += other.sent_again;
        self.longest_wait = self.longest_wait.max(other.longest_wait);
    }
}

/// An event that was sent.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) sent: Event,
    /// Its sender was told that it was accepted.
    pub(crate) promised: bool,
    /// The store shows it, or has shown it.
    pub(crate) seen: bool,
    pub(crate) end: Option<End>,
    /// It is out, to be run.
    pub(crate) leased: bool,
    /// It is not to be run before this instant.
    pub(crate) ready_at: Timestamp,
    /// Runs that are stored with it.
    pub(crate) attempts: usize,
    /// What may have become of it: a settlement that was not answered for.
    pub(crate) in_doubt: Vec<InDoubt>,
    /// What the run since it was last taken from the queue came to.
    ran: Option<bool>,
    runs_now: u32,
}

/// How an event ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) state: EventState,
    /// Somebody is told of it, or it is in the dead-letter list.
    pub(crate) told: usize,
    pub(crate) dead_letter: bool,
    /// Steady time.
    pub(crate) at: Duration,
    pub(crate) durable: bool,
}

/// A change that may be on the disk or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InDoubt {
    End(End),
    /// Not to be run before this instant.
    Retry(Timestamp),
}

impl Model {
    pub(crate) fn new(shape: Shape, clock: Arc<WorldClock>, chance: Chance) -> Self {
        Self {
            shape,
            clock,
            chance,
            events: BTreeMap::new(),
            functions: None,
            tempers: BTreeMap::new(),
            calm: false,
            dying: false,
            calls: BTreeMap::new(),
            environments: BTreeMap::new(),
            last_environment: 0,
            reserved: BTreeMap::new(),
            served: BTreeMap::new(),
            arrived: BTreeSet::new(),
            given_up: BTreeSet::new(),
            keys: Vec::new(),
            latest_ever: Timestamp::from_millis(0),
            purges: Vec::new(),
            undurable: Vec::new(),
            trace: Vec::new(),
            violation: None,
            dies_at: u64::MAX,
            steps: 0,
            tally: Tally::default(),
        }
    }

    /// Keeps a line of the trace.
    pub(crate) fn note(&mut self, line: std::fmt::Arguments<'_>) {
        self.steps += 1;
        let (steady, wall) = (self.clock.steady(), self.clock.now().as_millis() % 100_000_000);
        self.latest_ever = self.latest_ever.max(self.clock.latest());
        self.trace.push(format!("{:>9.3} {wall:>8} {line}", steady.as_secs_f64()));
    }

    /// A promise was broken. The first one counts.
    pub(crate) fn broken(&mut self, promise: &str, line: std::fmt::Arguments<'_>) {
        self.note(format_args!("BROKEN {promise}: {line}"));
        if self.violation.is_none() {
            self.violation = Some(format!("{promise}: {line}"));
        }
    }

    pub(crate) fn life_is_to_end(&self) -> bool {
        self.violation.is_some() || self.steps >= self.dies_at
    }

    /// Dies this many steps from now, unless it is left alone.
    pub(crate) fn die_after(&mut self, steps: u64) {
        self.dies_at = self.steps.saturating_add(steps);
    }

    pub(crate) fn function(&self, name: &FunctionName) -> Option<Arc<Function>> {
        self.functions.as_ref()?.find(name.as_str())
    }

    fn config(&self, function: Option<&Function>, qualifier: Option<&Qualifier>) -> EventInvokeConfig {
        EventInvokeConfig::of(function, qualifier, &self.shape.events)
    }

    /// A client is about to send it.
    pub(crate) fn sends(&mut self, event: &Event) {
        self.note(format_args!("send {} to {}", short(event.request_id), event.function));
        let purges = self.purges.iter().filter(|(name, _)| *name == event.function);
        let known = Known {
            sent: event.clone(),
            promised: false,
            seen: false,
            end: None,
            leased: false,
            ready_at: event.due_at(),
            attempts: 0,
            in_doubt: purges.map(|(_, end)| InDoubt::End(*end)).collect(),
            ran: None,
            runs_now: 0,
        };
        self.events.insert(event.request_id, known);
    }

    /// Its sender has been told. What was settled before `ends` were written was written before it, and flushed with it.
    pub(crate) fn accepted(&mut self, id: RequestId, ends: &[RequestId]) {
        self.note(format_args!("accepted {}", short(id)));
        self.tally.accepted += 1;
        if let Some(known) = self.events.get_mut(&id) {
            known.promised = true;
            known.seen = true;
        }
        self.flushed(ends);
    }

    /// Ends so far that a power loss may take back.
    pub(crate) fn undurable(&self) -> Vec<RequestId> {
        self.undurable.clone()
    }

    fn flushed(&mut self, ends: &[RequestId]) {
        for id in ends {
            if let Some(end) = self.events.get_mut(id).and_then(|known| known.end.as_mut()) {
                end.durable = true;
            }
        }
        self.undurable.retain(|id| !ends.contains(id));
    }

    pub(crate) fn dies(&mut self) {
        self.dying = true;
    }

    /// A life begins with these functions.
    pub(crate) fn begin_life(&mut self, functions: Arc<FunctionStore>, ending: Ending) {
        self.note(format_args!("a life begins that ends: {ending:?}"));
        self.nobody_waits();
        self.purges.clear();
        self.forget_reservations();
        for function in functions.list(None, usize::MAX) {
            self.reservation_is(&function.name, Some(&function));
        }
        self.functions = Some(functions);
        self.dying = false;
        self.calm = ending == Ending::Peace;
        if self.calm {
            self.dies_at = u64::MAX;
        }
        self.only_a_flush_helps();
    }

    /// Events of a function that are not over, as far as is known.
    pub(crate) fn unsettled(&self) -> usize {
        self.events.values().filter(|known| known.end.is_none()).count()
    }
}

/// The first letters of a request id tell events of one world apart.
pub(crate) fn short(id: RequestId) -> String {
    id.to_string()[..8].to_owned()
}
