//! What environments may be given, and how many at a time: E2, E3, X1 to X4, C1.

use super::{Model, short};
use lambent_domain::arn::FunctionName;
use lambent_domain::function::{Function, FunctionVersion};
use lambent_domain::invocation::Invocation;
use lambent_domain::outcome::Outcome;
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Clock;
use uuid::Uuid;

/// How a function behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Temper {
    #[default]
    Good,
    Flaky,
    Failing,
    Slow,
    Crashing,
    Hanging,
}

#[derive(Debug)]
pub(super) struct Environment {
    function: FunctionName,
    revision: Uuid,
    runs: Option<RequestId>,
}

/// A function's reserved concurrency.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reserved {
    most: usize,
    /// What may still run of the time before it was made smaller.
    left_over: usize,
}

impl Model {
    pub(crate) fn environment_starts(&mut self, version: &FunctionVersion) -> u64 {
        self.last_environment += 1;
        let number = self.last_environment;
        let function = version.configuration.name.clone();
        self.note(format_args!("environment {number} for {function} {}", version.version));
        let environment = Environment { function, revision: version.revision_id, runs: None };
        self.environments.insert(number, environment);
        let limit = self.shape.concurrency_limit.max(2);
        if self.environments.len() > limit {
            let there = self.environments.len();
            self.broken("L1", format_args!("{there} environments where {limit} may be"));
        }
        number
    }

    pub(crate) fn environment_ends(&mut self, number: u64) {
        if self.environments.remove(&number).is_some() && !self.dying {
            self.note(format_args!("environment {number} ended"));
        }
    }

    /// The server is gone: so must be what it had started.
    pub(crate) fn nothing_is_left(&mut self) {
        if let Some(number) = self.environments.keys().next() {
            let number = *number;
            self.broken("X4", format_args!("environment {number} outlives its server"));
        }
        self.environments.clear();
        self.calls.clear();
    }

    pub(crate) fn run_begins(&mut self, number: u64, invocation: &Invocation, in_order: bool) {
        let id = invocation.request_id;
        let name = invocation.version.configuration.name.clone();
        self.tally.runs += 1;
        self.note(format_args!("run {} in {number}", short(id)));
        if !in_order {
            self.broken("X3", format_args!("{number} was not reset before {}", short(id)));
        }
        let Some(environment) = self.environments.get_mut(&number) else {
            return self.broken("X4", format_args!("{number} runs after its end"));
        };
        let before = environment.runs.replace(id);
        let strange = environment.revision != invocation.version.revision_id || environment.function != name;
        if let Some(before) = before {
            self.broken("X1", format_args!("{number} runs {} and {}", short(before), short(id)));
        }
        if strange {
            self.broken("X2", format_args!("{number} runs another version of {name}"));
        }
        self.judge_concurrency(&name);
        if !self.calls.contains_key(&id) {
            self.judge_event(id);
        }
    }

    fn judge_concurrency(&mut self, name: &FunctionName) {
        let running = self.environments.values().filter(|environment| environment.runs.is_some());
        let all = running.clone().count();
        let own = running.filter(|environment| environment.function == *name).count();
        let limit = self.shape.concurrency_limit.max(2);
        if all > limit {
            self.broken("C1", format_args!("{all} run where {limit} may"));
        }
        if let Some(reserved) = self.reserved.get(name)
            && own > reserved.most.max(reserved.left_over)
        {
            let reserved = *reserved;
            self.broken("C1", format_args!("{own} of {name} run: {reserved:?}"));
        }
    }

    fn judge_event(&mut self, id: RequestId) {
        let now = self.clock.now();
        let Some(known) = self.events.get_mut(&id) else {
            return self.broken("E1", format_args!("{} runs, and was never sent", short(id)));
        };
        known.runs_now += 1;
        let (twice, over, leased) = (known.runs_now > 1, known.end.is_some(), known.leased);
        let (age, early) = (known.sent.age(now), self.clock.latest() < known.ready_at);
        let (name, qualifier) = (known.sent.function.clone(), known.sent.qualifier.clone());
        let config = self.config(self.function(&name).as_deref(), qualifier.as_ref());
        if twice || !leased {
            self.broken("E2", format_args!("{} runs twice at a time, or unasked", short(id)));
        }
        if over {
            self.broken("E2", format_args!("{} runs after its end", short(id)));
        }
        if age > config.event_age_max {
            let most = config.event_age_max;
            self.broken("E3", format_args!("{} runs at the age of {age:?}, not {most:?}", short(id)));
        }
        if early {
            self.broken("delay", format_args!("{} runs before its time", short(id)));
        }
    }

    pub(crate) fn run_ends(&mut self, number: u64, id: RequestId, outcome: Option<&Outcome>) {
        if let Some(environment) = self.environments.get_mut(&number) {
            environment.runs = None;
        }
        let returned = outcome.map(|outcome| matches!(outcome, Outcome::Returned { .. }));
        self.note(format_args!("ran {} in {number}: {returned:?}", short(id)));
        if let Some(known) = self.events.get_mut(&id) {
            known.runs_now -= 1;
            known.ran = returned;
        }
    }

    /// The engine has followed a change of the function, or its deletion.
    pub(crate) fn reservation_is(&mut self, name: &FunctionName, function: Option<&Function>) {
        let out = self.out(name);
        let Some(most) = function.and_then(|function| function.reserved_concurrency) else {
            self.reserved.remove(name);
            return;
        };
        let most = usize::try_from(most).unwrap().min(self.shape.concurrency_limit.max(2));
        // One more may have been admitted and not yet have its event.
        self.reserved.insert(name.clone(), Reserved { most, left_over: out + 1 });
    }

    /// Something of the function is over: what ran before its reservation was made smaller becomes less.
    pub(super) fn one_less(&mut self, name: &FunctionName) {
        let out = self.out(name);
        if let Some(reserved) = self.reserved.get_mut(name) {
            reserved.left_over = reserved.left_over.min(out + 1);
        }
    }

    pub(crate) fn call_ends(&mut self, id: RequestId) {
        if let Some(name) = self.calls.remove(&id) {
            self.one_less(&name);
        }
    }

    pub(crate) fn forget_reservations(&mut self) {
        self.reserved.clear();
    }

    /// Events and calls of a function that were admitted.
    fn out(&self, name: &FunctionName) -> usize {
        let events = self.events.values().filter(|known| known.leased && known.sent.function == *name);
        events.count() + self.calls.values().filter(|function| *function == name).count()
    }
}
