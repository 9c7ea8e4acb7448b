//! The seam between what places invocations and what they run in.
//!
//! Everything above it (dispatcher, seats, pool, provisioning) knows environments by [`ExecutionEnvironment`] only, and
//! gets new ones from [`Isolation`]: confined processes in production ([`crate::environment`]), made-up ones in the
//! simulation. What an environment owes, whatever it is made of: whoever holds it is the only one who can run anything
//! in it (X1), it serves one function version for all its life (X2), after a timeout or a crash it says that it is not
//! in order until it has been reset (X3), and dropping it ends all that was started in it (X4).

use crate::environment::{Lost, Run, StartError, Workshop};
use crate::logs::lines::InitializationType;
use crate::response_stream::ResponseWriter;
use crate::tasks::Tasks;
use async_trait::async_trait;
use lambent_domain::function::FunctionVersion;
use lambent_domain::invocation::Invocation;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

/// Makes execution environments.
#[async_trait]
pub(crate) trait Isolation: Send + Sync + Debug {
    /// A new one for this version. Nothing of the function runs yet; what serves it runs on `tasks`.
    async fn start(
        &self,
        workshop: &Arc<Workshop>,
        version: Arc<FunctionVersion>,
        initialization: InitializationType,
        tasks: Tasks,
    ) -> Result<Box<dyn ExecutionEnvironment>, StartError>;
}

/// One execution environment. See the module's text.
#[async_trait]
pub(crate) trait ExecutionEnvironment: Send + Debug {
    /// The version it serves.
    fn version(&self) -> &Arc<FunctionVersion>;

    /// How long it has been there.
    fn age(&self) -> Duration;

    /// Runs the init phase if there was none yet. It belongs to no invocation and may take 10 s, that of a provisioned
    /// environment longer.
    async fn prepare(&mut self);

    /// Whether its runtime has been initialised and nothing has happened to it since.
    fn is_warm(&self) -> bool;

    /// Whether its runtime is not initialised any more. Looks only, without waiting for anything; what it has seen is
    /// lost, so an environment that has ended is of no further use.
    fn has_ended(&mut self) -> bool;

    /// Waits until the environment is free again: until its runtime has asked for its next invocation or, after a
    /// timeout or a crash, until everything in it is killed (X3). Says whether it can be used once more.
    async fn settle(&mut self, at_most: Duration) -> bool;

    /// Whether it can take an invocation without waiting for anything.
    fn is_free(&self) -> bool;

    /// Whether it may be offered to others while its runtime is on its way from the answer to its next `next`, which
    /// is a matter of microseconds.
    fn is_in_order(&self) -> bool;

    /// Notices that a runtime has ended while nobody looked; false if the environment is of no use any more.
    async fn is_usable(&mut self) -> bool;

    /// Runs the function once. What goes wrong in the function is an outcome. A response that its runtime streams goes
    /// into `stream`, if there is one.
    async fn invoke(&mut self, invocation: &Invocation, stream: Option<ResponseWriter>) -> Result<Run, Lost>;
}
