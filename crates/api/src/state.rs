//! What the handlers work with.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use lambent_domain::time::Clock;
use lambent_engine::Engine;
use lambent_store::code::CodeStore;
use lambent_store::outbox::Outbox;
use lambent_store::queue::EventQueue;
use lambent_store::resources::Resources;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::access::Access;
use crate::authorization::Refusals;
use crate::function_urls::UrlIndex;
use crate::naming::Identity;
use crate::s3::S3;

/// How long the keys of events are remembered.
#[derive(Clone, Copy, Debug)]
pub struct IdempotencyWindows {
    /// Where a sender does not say, and no more than the most.
    pub default: Duration,
    /// The most that a sender may ask for, and that the store remembers.
    pub max: Duration,
}

impl Default for IdempotencyWindows {
    fn default() -> Self {
        let day = Duration::from_secs(86_400);
        Self { default: day, max: day }
    }
}

/// Shared by every request.
#[derive(Debug)]
pub struct AppState {
    pub resources: Resources,
    pub queue: Arc<dyn EventQueue>,
    /// What is told of events that are over; the queue's other side.
    pub outbox: Arc<dyn Outbox>,
    pub code: Arc<CodeStore>,
    pub engine: Engine,
    pub clock: Arc<dyn Clock>,
    pub identity: Identity,
    /// Who may call.
    pub access: Access,
    /// Where code is fetched from when it is in S3.
    pub s3: Option<S3>,
    pub idempotency: IdempotencyWindows,
    /// Resolves when the server stops: whoever waits for an event ends then.
    pub stopping: CancellationToken,
    pub(crate) urls: UrlIndex,
    pub(crate) refusals: Refusals,
    /// Held while concurrency is reserved or provisioned, because what may be had depends on all functions together.
    pub(crate) claims: Mutex<()>,
}

/// The state as soon as there is one.
pub type StateCell = Arc<OnceLock<Arc<AppState>>>;

impl AppState {
    pub fn new<Q: EventQueue + Outbox + 'static>(
        resources: Resources,
        queue: Arc<Q>,
        code: Arc<CodeStore>,
        engine: Engine,
        clock: Arc<dyn Clock>,
        identity: Identity,
        access: Access,
    ) -> Self {
        let urls = UrlIndex::of(&resources.functions.list(None, usize::MAX));
        Self {
            resources,
            outbox: queue.clone(),
            queue,
            code,
            engine,
            clock,
            identity,
            access,
            s3: None,
            idempotency: IdempotencyWindows::default(),
            stopping: CancellationToken::new(),
            urls,
            refusals: Refusals::default(),
            claims: Mutex::default(),
        }
    }
}
