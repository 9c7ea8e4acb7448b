//! The task that keeps one function's provisioned environments.

use super::Next;
use crate::concurrency::ConcurrencyPermit;
use crate::engine::{Refusal, Shared};
use crate::isolation::ExecutionEnvironment;
use crate::logs::lines::InitializationType;
use crate::pool::Place;
use crate::tasks::Tasks;
use lambent_domain::arn::FunctionName;
use lambent_domain::function::FunctionVersion;
use std::sync::Arc;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

pub(super) struct Keeper {
    shared: Arc<Shared>,
    function: FunctionName,
    look: Arc<Notify>,
    builds: Arc<Semaphore>,
    tasks: Tasks,
}

/// The right to build one environment now, among all and among the function's.
struct Turn {
    _all: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
}

/// Why a provisioned environment is not there.
enum Failure {
    /// The function's code, or its runtime, does not come up.
    OfFunction,
    /// A fault of ours or the host's.
    OfHost,
}

impl Keeper {
    pub(super) fn new(
        shared: Arc<Shared>,
        function: FunctionName,
        look: Arc<Notify>,
        builds: Arc<Semaphore>,
        tasks: Tasks,
    ) -> Self {
        Self { shared, function, look, builds, tasks }
    }

    /// Ends when the function has no provisioned concurrency any more.
    pub(super) async fn run(self) {
        let this = Arc::new(self);
        while let Some(next) = this.next() {
            match next {
                Next::Build(version) => {
                    let Some((permit, turn)) = this.turn().await else { continue };
                    // The plan may be another one by now.
                    let Some(place) = this.shared.pool.place_provisioned(&version, permit) else { continue };
                    let keeper = Arc::clone(&this);
                    this.tasks.spawn_until_stopped(async move {
                        keeper.build(&version, place).await;
                        drop(turn);
                    });
                }
                Next::Wait(None) => this.look.notified().await,
                Next::Wait(Some(until)) => tokio::select! {
                    biased;
                    () = this.look.notified() => {}
                    () = tokio::time::sleep_until(until) => {}
                },
            }
        }
    }

    fn next(&self) -> Option<Next> {
        let functions = self.shared.provisioner.lock();
        // A function of the same name that was made anew has a keeper of its own.
        let kept = functions.of.get(&self.function).filter(|kept| Arc::ptr_eq(&kept.look, &self.look))?;
        Some(kept.next(&self.shared.pool, Instant::now()))
    }

    /// Waits for a place and a turn to build; `None` when something has changed meanwhile.
    async fn turn(&self) -> Option<(ConcurrencyPermit, Turn)> {
        let waiting = async {
            let own = Arc::clone(&self.builds).acquire_owned().await.ok()?;
            let permit = self.shared.concurrency.place_provisioned(&self.function).await;
            let Some(permit) = permit else {
                // The server is stopping, and this task with it.
                std::future::pending::<()>().await;
                return None;
            };
            let all = Arc::clone(&self.shared.provisioner.builds).acquire_owned().await.ok()?;
            Some((permit, Turn { _all: all, _own: own }))
        };
        tokio::select! {
            biased;
            turn = waiting => turn,
            () = self.look.notified() => None,
        }
    }

    /// Builds one environment and puts it on its shelf.
    async fn build(&self, version: &Arc<FunctionVersion>, place: Place) {
        match self.make(version).await {
            Ok(environment) => {
                if let Some(kept) = self.shared.provisioner.lock().of.get_mut(&self.function) {
                    kept.failures.remove(&version.revision_id);
                }
                self.shared.pool.add_provisioned(environment, place);
            }
            Err(failure) => {
                self.failed(version, &failure);
                // Only now, as this rings for the next look.
                drop(place);
            }
        }
    }

    /// One environment, initialised.
    async fn make(&self, version: &Arc<FunctionVersion>) -> Result<Box<dyn ExecutionEnvironment>, Failure> {
        let started =
            self.shared.start_environment(version, InitializationType::ProvisionedConcurrency).await;
        let mut environment = started.map_err(|refusal| match refusal {
            Refusal::RuntimeMissing(_) => Failure::OfFunction,
            Refusal::Throttled(_)
            | Refusal::Recursion(_)
            | Refusal::ShuttingDown
            | Refusal::EnvironmentFailed => Failure::OfHost,
        })?;
        environment.prepare().await;
        if environment.is_warm() {
            Ok(environment)
        } else if environment.is_in_order() {
            Err(Failure::OfFunction)
        } else {
            Err(Failure::OfHost)
        }
    }

    fn failed(&self, version: &FunctionVersion, failure: &Failure) {
        let of_function = matches!(failure, Failure::OfFunction);
        tracing::warn!(
            function.name = %self.function, function.version = %version.version, of_function,
            "failed to provision an environment"
        );
        if let Some(kept) = self.shared.provisioner.lock().of.get_mut(&self.function) {
            kept.failed(version.revision_id, of_function, Instant::now());
        }
    }
}
