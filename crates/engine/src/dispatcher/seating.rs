//! What an event is run in: a warm environment, or after some patience a new one.

use super::Dispatcher;
use crate::engine::{Refusal, Throttle};
use crate::isolation::ExecutionEnvironment;
use crate::logs::lines::InitializationType;
use crate::pool::{Checkout, Place};
use lambent_domain::function::FunctionVersion;
use lambent_domain::invocation::Invocation;
use std::time::Duration;

/// How long an event waits for a warm environment of its function before a new one is started for it.
const PATIENCE: Duration = Duration::from_millis(20);
/// The same while the processors have nothing to spare: another environment would only make all of them slower.
const PATIENCE_SATURATED: Duration = Duration::from_secs(1);

/// What an event is to be run in.
pub(super) enum Chosen {
    Warm(Box<dyn ExecutionEnvironment>, Place),
    /// One that is still to be built, in a place that is taken already: the next event of the function sees it.
    New(Place),
    /// None, for want of room.
    Nowhere,
}

impl Dispatcher {
    /// Whether the version has provisioned environments, all of them busy, and nothing else of its function is free:
    /// else the lane would come back with the same event at once.
    pub(super) fn waits_for_provisioned(&self, version: &FunctionVersion) -> bool {
        self.shared.pool.is_kept(version) && !self.shared.pool.has_free(&version.configuration.name)
    }

    /// A warm environment, or the decision to start one: at once if the function has none, else after some patience.
    pub(super) async fn choose(&self, invocation: &Invocation) -> Chosen {
        let patience = if self.processor.is_saturated() { PATIENCE_SATURATED } else { PATIENCE };
        let give_up = tokio::time::sleep(patience);
        tokio::pin!(give_up);
        loop {
            match self.shared.pool.checkout(&invocation.version, invocation.tenant_id.as_ref()) {
                Checkout::Warm(environment, place) => {
                    if let Some((environment, place)) = self.shared.take_seat(environment, place).await {
                        return Chosen::Warm(environment, place);
                    }
                }
                Checkout::Nothing => return self.new_seat(invocation),
                Checkout::Busy(returned) => tokio::select! {
                    biased;
                    () = returned.notified() => {}
                    () = &mut give_up => return self.new_seat(invocation),
                },
            }
        }
    }

    fn new_seat(&self, invocation: &Invocation) -> Chosen {
        let place = self.shared.pool.place(&invocation.version, invocation.tenant_id.as_ref());
        place.map_or(Chosen::Nowhere, Chosen::New)
    }

    pub(super) async fn take(
        &self,
        chosen: Chosen,
        invocation: &Invocation,
    ) -> Result<(Box<dyn ExecutionEnvironment>, Place), Refusal> {
        match chosen {
            Chosen::Warm(environment, place) => Ok((environment, place)),
            Chosen::New(place) => {
                let started =
                    self.shared.start_environment(&invocation.version, InitializationType::OnDemand);
                Ok((started.await?, place))
            }
            Chosen::Nowhere => {
                self.shared.counters.throttles.increment();
                Err(Refusal::Throttled(Throttle::Account))
            }
        }
    }
}
