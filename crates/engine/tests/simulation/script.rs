//! What environments do: by chance, according to their function's temper.

use crate::model::{Model, Temper};
use crate::world::World;
use bytes::Bytes;
use lambent_domain::arn::FunctionName;
use lambent_domain::function::FunctionVersion;
use lambent_domain::invocation::Invocation;
use lambent_domain::outcome::{FailureKind, FunctionFailure, Outcome};
use lambent_engine::simulation::{InitEnd, RunEnd, Script, Step};
use std::sync::Arc;
use std::time::Duration;

impl Script for World {
    fn start(&self, version: &Arc<FunctionVersion>) -> (u64, Step) {
        self.step(|model| {
            let number = model.environment_starts(version);
            (number, model.takes_or_fails(200, 6_000))
        })
    }

    fn init(&self, _environment: u64) -> (Duration, InitEnd) {
        self.step(|model| {
            let took = model.some_time(400, 14_000);
            let end = match model.chance.between(0, 99) {
                0 | 1 if model.host_fails() => InitEnd::Lost,
                2..6 => InitEnd::Failed,
                _ => InitEnd::Ready,
            };
            (took, end)
        })
    }

    fn run(&self, environment: u64, invocation: &Invocation, in_order: bool) -> (Duration, RunEnd) {
        self.step(|model| {
            model.run_begins(environment, invocation, in_order);
            model.plan_of_run(&invocation.version.configuration.name)
        })
    }

    fn ran(&self, environment: u64, invocation: &Invocation, outcome: Option<&Outcome>) {
        self.step(|model| model.run_ends(environment, invocation.request_id, outcome));
    }

    fn lingers(&self, _environment: u64) -> Duration {
        self.step(|model| match model.chance.between(0, 99) {
            0..90 => Duration::ZERO,
            _ => model.some_time(50, 4_000),
        })
    }

    fn dies_idle(&self, _environment: u64) -> bool {
        self.step(|model| model.host_fails() && model.chance.percent(2))
    }

    fn reset(&self, _environment: u64) -> Step {
        self.step(|model| model.takes_or_fails(50, 4_000))
    }

    fn ended(&self, environment: u64) {
        self.step(|model| model.environment_ends(environment));
    }
}

impl Model {
    fn host_fails(&self) -> bool {
        self.shape.host_fails && !self.calm
    }

    /// Usually at most the first, now and then up to the second number of milliseconds.
    fn some_time(&mut self, usually: u64, at_most: u64) -> Duration {
        let slow = !self.calm && self.chance.percent(4);
        self.chance.millis(1, if slow { at_most } else { usually })
    }

    fn takes_or_fails(&mut self, usually: u64, at_most: u64) -> Step {
        let took = self.some_time(usually, at_most);
        Step { took, fails: self.host_fails() && self.chance.percent(4) }
    }

    fn plan_of_run(&mut self, name: &FunctionName) -> (Duration, RunEnd) {
        let temper = self.tempers.get(name).copied().unwrap_or_default();
        let usual = self.some_time(300, 5_000);
        if self.host_fails() && self.chance.percent(1) {
            return (usual, RunEnd::Lost);
        }
        match temper {
            Temper::Flaky if self.chance.percent(50) => (usual, raised()),
            Temper::Failing => (usual, raised()),
            Temper::Slow => (self.chance.millis(500, 6_000), returned()),
            Temper::Crashing if self.chance.percent(60) => (usual, RunEnd::Exited),
            Temper::Hanging if self.chance.percent(50) => (usual, RunEnd::NeverAnswers),
            Temper::Good | Temper::Flaky | Temper::Crashing | Temper::Hanging => (usual, returned()),
        }
    }
}

fn returned() -> RunEnd {
    RunEnd::Answered(Outcome::Returned { payload: Bytes::from_static(b"\"done\"") })
}

fn raised() -> RunEnd {
    RunEnd::Answered(Outcome::Failed(FunctionFailure {
        kind: FailureKind::Raised("Function.Broken".to_owned()),
        payload: Bytes::from_static(br#"{"errorType":"Broken"}"#),
        error_type: Some("Broken".to_owned()),
        message: "broken".to_owned(),
    }))
}
