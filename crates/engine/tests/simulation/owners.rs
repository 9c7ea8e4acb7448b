//! Those who make, change and remove functions, and the operator's clock.

use crate::chance::Chance;
use crate::clients::Outside;
use crate::model::Temper;
use crate::shape::Shape;
use lambent_domain::arn::FunctionName;
use lambent_domain::configuration::FunctionConfiguration;
use lambent_domain::function::{
    Alias, AliasRouting, AsyncInvokeSettings, CodePackage, CodeSha256, Function, FunctionVersion,
    ProvisionedConcurrency,
};
use lambent_domain::qualifier::{Qualifier, Version};
use lambent_domain::retry_policy::RetryPolicy;
use lambent_domain::time::Timestamp;
use std::sync::Arc;
use std::time::Duration;

const MODIFIED: Timestamp = Timestamp::from_millis(1);

impl Outside {
    pub(crate) async fn own(&self) {
        let what = self.world.chance().between(0, 99);
        match what {
            0..10 => self.set_clock(),
            10..25 => self.change_temper(),
            25..30 => self.delete().await,
            30..45 => self.create().await,
            _ => self.change().await,
        }
    }

    fn set_clock(&self) {
        if !self.world.shape.clock_jumps {
            return;
        }
        let (forward, by) = {
            let mut chance = self.world.chance();
            let forward = chance.percent(60);
            (forward, chance.millis(1, if forward { 60_000 } else { 20_000 }))
        };
        if forward {
            self.world.clock.set_forward(by);
        } else {
            self.world.clock.set_back(by);
        }
        self.world.step(|model| model.note(format_args!("the clock is set by {by:?}, forward: {forward}")));
    }

    fn change_temper(&self) {
        let Some(function) = self.some_function() else { return };
        let all =
            [Temper::Good, Temper::Flaky, Temper::Failing, Temper::Slow, Temper::Crashing, Temper::Hanging];
        let temper = *self.world.chance().pick(&all);
        self.world.step(|model| {
            model.note(format_args!("{} is {temper:?}", function.name));
            model.tempers.insert(function.name.clone(), temper);
        });
    }

    /// As many functions as there are to be, some of the time.
    pub(crate) async fn create(&self) {
        let function = {
            let mut chance = self.world.chance();
            let name = format!("f{}", chance.between(0, self.world.shape.functions - 1));
            let name = FunctionName::new(&name).unwrap();
            let latest = version(&mut chance, &name, Version::Latest);
            let mut function = Function::new(latest);
            for _ in 0..3 {
                alter(&mut chance, &self.world.shape, &mut function);
            }
            function
        };
        let name = function.name.clone();
        if self.functions.find(name.as_str()).is_some() {
            return;
        }
        let created = self.functions.create(function).await;
        self.changed(&name, "create", created.is_ok());
    }

    async fn delete(&self) {
        let Some(function) = self.some_function() else { return };
        let deleted = self.functions.delete(function.name.as_str(), None).await;
        self.changed(&function.name, "delete", deleted.is_ok());
    }

    async fn change(&self) {
        let Some(function) = self.some_function() else { return };
        let mut function = Function::clone(&function);
        alter(&mut self.world.chance(), &self.world.shape, &mut function);
        let name = function.name.clone();
        let changed = self.functions.replace(function).await;
        self.changed(&name, "change", changed.is_ok());
    }

    /// Lets everything run that waits.
    pub(crate) async fn make_peace(&self) {
        for function in self.functions.list(None, usize::MAX) {
            let mut function = Function::clone(&function);
            function.reserved_concurrency = None;
            function.queue_paused = false;
            function.provisioned.clear();
            let name = function.name.clone();
            let changed = self.functions.replace(function).await;
            self.changed(&name, "release", changed.is_ok());
        }
    }

    fn changed(&self, name: &FunctionName, what: &str, well: bool) {
        self.engine.function_changed(name);
        let function = self.functions.find(name.as_str());
        self.world.step(|model| {
            let reserved = function.as_ref().and_then(|function| function.reserved_concurrency);
            model.note(format_args!("{what} {name}: {well}, reserved {reserved:?}"));
            model.reservation_is(name, function.as_deref());
        });
    }
}

fn version(chance: &mut Chance, name: &FunctionName, version: Version) -> FunctionVersion {
    let mut configuration = FunctionConfiguration::new(name.clone());
    configuration.dead_letter_target = some_target(chance);
    configuration.timeout_secs = u32::try_from(chance.between(1, 6)).unwrap();
    FunctionVersion {
        configuration,
        version,
        code: CodePackage { sha256: CodeSha256::new([7; 32]), zip_bytes: 1 },
        revision_id: chance.uuid(),
        last_modified: MODIFIED,
    }
}

/// One change that an owner makes.
fn alter(chance: &mut Chance, shape: &Shape, function: &mut Function) {
    match chance.between(0, 9) {
        0..3 => {
            let all = [None, Some(0), Some(1), Some(2), Some(3)];
            function.reserved_concurrency = *chance.pick(&all);
        }
        3 if chance.percent(50) => {
            function.retry_policy = chance.percent(60).then(|| policy(chance));
        }
        3 | 4 => {
            let latest = version(chance, &function.name, Version::Latest);
            function.latest = Arc::new(latest);
        }
        5 => {
            let number = function.last_published + 1;
            function.last_published = number;
            let published = version(chance, &function.name, Version::Number(number));
            function.published.insert(number, Arc::new(published));
        }
        6 => set_alias(chance, function),
        7 if chance.percent(50) => function.queue_paused = !function.queue_paused,
        7 => {
            let qualifier = some_qualifier(chance, function);
            let requested = u32::try_from(chance.between(1, 2)).unwrap();
            let fits = shape.concurrency_limit > 4 && qualifier != Qualifier::Latest;
            if fits && chance.percent(50) {
                let provisioned = ProvisionedConcurrency { requested, last_modified: MODIFIED };
                function.provisioned.insert(qualifier, provisioned);
            } else {
                function.provisioned.clear();
            }
        }
        _ => {
            let settings = AsyncInvokeSettings {
                last_modified: MODIFIED,
                retry_attempts_max: *chance.pick(&[None, Some(0), Some(1), Some(2)]),
                event_age_max_secs: *chance.pick(&[None, Some(5), Some(20), Some(60)]),
                on_success: some_target(chance),
                on_failure: some_target(chance),
            };
            let qualifier = some_qualifier(chance, function);
            function.async_invoke.insert(qualifier, settings);
        }
    }
}

fn policy(chance: &mut Chance) -> RetryPolicy {
    RetryPolicy {
        maximum_attempts: u32::try_from(chance.between(1, 4)).unwrap(),
        // Longer than a settlement takes to be answered for: the model would take it for a second delivery.
        initial_seconds: *chance.pick(&[0.5, 1.0, 3.0]),
        multiplier: 2.0,
        maximum_seconds: 8.0,
        jitter: *chance.pick(&[0.0, 0.25, 0.5]),
        errors: Vec::new(),
    }
}

fn some_target(chance: &mut Chance) -> Option<String> {
    let targets =
        [None, Some("arn:aws:sqs:us-east-1:000000000000:a"), Some("arn:aws:sqs:us-east-1:000000000000:b")];
    chance.pick(&targets).map(str::to_owned)
}

fn set_alias(chance: &mut Chance, function: &mut Function) {
    let numbers: Vec<u64> = function.published.keys().copied().collect();
    if numbers.is_empty() {
        return;
    }
    let name: Arc<str> = Arc::from("live");
    let routing = chance.percent(50).then(|| AliasRouting { version: *chance.pick(&numbers), weight: 0.5 });
    let alias = Alias {
        name: Arc::clone(&name),
        version: Version::Number(*chance.pick(&numbers)),
        description: String::new(),
        routing,
        revision_id: chance.uuid(),
    };
    function.aliases.insert(name, alias);
}

fn some_qualifier(chance: &mut Chance, function: &Function) -> Qualifier {
    let mut all = vec![Qualifier::Latest];
    all.extend(function.aliases.keys().map(|alias| Qualifier::from(alias.as_ref())));
    all.extend(function.published.keys().map(|number| Qualifier::Version(*number)));
    chance.pick(&all).clone()
}

/// How long it may take until everything that waits is over, once nothing fails any more.
pub(crate) fn peace_max(shape: &Shape) -> Duration {
    // The oldest events were sent just now and delayed as long as may be; the clock may have been set back.
    shape.events.event_age_max.max(Duration::from_secs(60)) * 2 + Duration::from_secs(240)
}
