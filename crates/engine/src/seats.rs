//! From the right to run to an environment to run in: a free provisioned one before all others, then a warm one, then a
//! new one.

use crate::concurrency::{ConcurrencyPermit, NoPlace, NotAdmitted};
use crate::engine::{Refusal, Shared, Throttle};
use crate::environment::StartError;
use crate::isolation::ExecutionEnvironment;
use crate::logs::lines::InitializationType;
use crate::pool::{Checkout, Place};
use lambent_domain::function::FunctionVersion;
use lambent_domain::invocation::Invocation;
use lambent_store::sabotage::{Sabotage, strikes};
use std::sync::Arc;
use std::time::Duration;

/// How long a call waits for a runtime that has answered to ask again, before it goes elsewhere.
const RETURN_PATIENCE: Duration = Duration::from_millis(20);

/// An environment, and the right to run in it.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) environment: Box<dyn ExecutionEnvironment>,
    pub(crate) place: Place,
    pub(crate) permit: ConcurrencyPermit,
}

/// What a synchronous call was admitted to.
#[derive(Debug)]
pub(crate) enum Admitted {
    /// A provisioned environment, not looked at yet.
    Provisioned(Seat),
    /// Whatever there is.
    OnDemand(ConcurrencyPermit),
}

impl Shared {
    /// Admits a synchronous call, or tells it why not.
    pub(crate) fn admit(&self, version: &FunctionVersion) -> Result<Admitted, Refusal> {
        if let Some(seat) = self.provisioned_seat(version).map_err(|error| self.refusal(error))? {
            return Ok(Admitted::Provisioned(seat));
        }
        let permit = self.concurrency.admit(&version.configuration.name);
        permit.map(Admitted::OnDemand).map_err(|error| self.refusal(error))
    }

    /// A free provisioned environment of this version, not looked at yet.
    fn provisioned_seat(&self, version: &FunctionVersion) -> Result<Option<Seat>, NotAdmitted> {
        let Some((environment, place)) = self.pool.checkout_provisioned(version) else { return Ok(None) };
        match self.concurrency.admit_to_provisioned(&version.configuration.name) {
            Ok(permit) => Ok(Some(Seat { environment, place, permit })),
            Err(error) => {
                self.pool.checkin(environment, place);
                Err(error)
            }
        }
    }

    /// A free provisioned environment of this version that can run something now.
    pub(crate) async fn free_provisioned(self: &Arc<Self>, version: &FunctionVersion) -> Option<Seat> {
        loop {
            let Seat { environment, place, permit } = self.provisioned_seat(version).ok().flatten()?;
            if let Some((environment, place)) = self.take_seat(environment, place).await {
                return Some(Seat { environment, place, permit });
            }
        }
    }

    /// What a synchronous call is run in.
    pub(crate) async fn seat_now(
        self: &Arc<Self>,
        invocation: &Invocation,
        mut admitted: Admitted,
    ) -> Result<Seat, Refusal> {
        let version = &invocation.version;
        let permit = loop {
            match admitted {
                Admitted::OnDemand(permit) => break permit,
                Admitted::Provisioned(Seat { environment, place, permit }) => {
                    if let Some((environment, place)) = self.take_seat(environment, place).await {
                        return Ok(Seat { environment, place, permit });
                    }
                    drop(permit);
                    admitted = self.admit(version)?;
                }
            }
        };
        loop {
            match self.pool.checkout(version, invocation.tenant_id.as_ref()) {
                Checkout::Warm(environment, place) => {
                    if let Some((environment, place)) = self.take_seat(environment, place).await {
                        return Ok(Seat { environment, place, permit });
                    }
                }
                Checkout::Busy(_) | Checkout::Nothing => {
                    let place = self.pool.place(version, invocation.tenant_id.as_ref());
                    let place = place.ok_or(Refusal::Throttled(Throttle::Account))?;
                    let environment = self.start_environment(version, InitializationType::OnDemand).await?;
                    return Ok(Seat { environment, place, permit });
                }
            }
        }
    }

    /// Makes sure that a warm environment can run something now. One whose runtime is still busy with itself after
    /// its last answer is left to come back later, if there is a permit for it: it counts as running. Else it ends.
    pub(crate) async fn take_seat(
        self: &Arc<Self>,
        mut environment: Box<dyn ExecutionEnvironment>,
        place: Place,
    ) -> Option<(Box<dyn ExecutionEnvironment>, Place)> {
        if !environment.is_usable().await {
            return None;
        }
        let free = environment.is_free() || strikes(Sabotage::SkipsReset);
        if free || environment.settle(RETURN_PATIENCE).await {
            return Some((environment, place));
        }
        let name = &environment.version().configuration.name;
        let permit = if place.is_provisioned() {
            self.concurrency.admit_to_provisioned(name)
        } else {
            self.concurrency.admit(name)
        };
        if let Some(permit) = permit.ok().filter(|_| environment.is_in_order()) {
            self.return_later(environment, place, permit);
        }
        None
    }

    pub(crate) async fn start_environment(
        &self,
        version: &Arc<FunctionVersion>,
        initialization: InitializationType,
    ) -> Result<Box<dyn ExecutionEnvironment>, Refusal> {
        let tasks = self.environments.child();
        match self.workshop.start(Arc::clone(version), initialization, tasks).await {
            Ok(environment) => {
                self.counters.environments_started.increment();
                Ok(environment)
            }
            Err(StartError::RuntimeMissing(missing)) => Err(Refusal::RuntimeMissing(missing)),
            Err(error) => {
                self.counters.environments_failed.increment();
                tracing::error!(function.name = %version.configuration.name, %error, "failed to start an environment");
                Err(Refusal::EnvironmentFailed)
            }
        }
    }

    /// Puts an environment back: at once if it is in order, and then gives the permit back; after its reset if it
    /// must be reset, and until then it keeps the permit, because it is not free.
    pub(crate) fn give_back(
        self: &Arc<Self>,
        environment: Box<dyn ExecutionEnvironment>,
        place: Place,
        permit: ConcurrencyPermit,
    ) -> Option<ConcurrencyPermit> {
        if environment.is_in_order() || strikes(Sabotage::SkipsReset) {
            self.pool.checkin(environment, place);
            return Some(permit);
        }
        self.return_later(environment, place, permit);
        None
    }

    /// Puts an environment back once it is free; ends it if it does not become so within its function's timeout.
    fn return_later(
        self: &Arc<Self>,
        mut environment: Box<dyn ExecutionEnvironment>,
        place: Place,
        permit: ConcurrencyPermit,
    ) {
        let shared = Arc::clone(self);
        self.returns.spawn_until_stopped(async move {
            let at_most = environment.version().configuration.timeout();
            if environment.settle(at_most).await {
                shared.pool.checkin(environment, place);
            }
            drop(permit);
        });
    }

    /// The refusal, counted if it is a throttled call.
    pub(crate) fn refusal(&self, error: NotAdmitted) -> Refusal {
        let throttle = match error {
            NotAdmitted::Closed => return Refusal::ShuttingDown,
            NotAdmitted::Full(NoPlace::Shared) => Throttle::Account,
            NotAdmitted::Full(NoPlace::Reserved) => Throttle::ReservedConcurrency,
        };
        self.counters.throttles.increment();
        Refusal::Throttled(throttle)
    }
}
