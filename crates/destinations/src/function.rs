//! A function of this server: the record becomes a new event in its queue.

use crate::courier::Parts;
use crate::fault::Fault;
use crate::message::Message;
use crate::options::Options;
use crate::sender::Sender;
use async_trait::async_trait;
use lambent_domain::arn::{AccountId, FunctionName, Region};
use lambent_domain::configuration::TenantIsolation;
use lambent_domain::event::{EventRequest, Priority, accept};
use lambent_domain::limits::EVENT_BYTES_MAX;
use lambent_domain::lineage::{FunctionHash, enter};
use lambent_domain::qualifier::Qualifier;
use lambent_domain::request_id::RequestId;
use lambent_domain::time::{Clock, Timestamp};
use lambent_engine::deliveries::TargetKind;
use lambent_store::queue::{EnqueueError, EventQueue, IdempotencyKey};
use lambent_store::resources::FunctionStore;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How long a record that was sent already is recognised: longer than a restart and the tries after it take.
const ONCE_WINDOW: Duration = Duration::from_secs(3_600);

/// The sender.
#[derive(Debug)]
pub(crate) struct Functions {
    region: Region,
    account: AccountId,
    queue: Arc<dyn EventQueue>,
    functions: Arc<FunctionStore>,
    clock: Arc<dyn Clock>,
}

impl Functions {
    pub(crate) fn new(options: &Options, parts: &Parts) -> Self {
        Self {
            region: options.region.clone(),
            account: options.account.clone(),
            queue: Arc::clone(&parts.queue),
            functions: Arc::clone(&parts.functions),
            clock: Arc::clone(&parts.clock),
        }
    }

    /// The function and qualifier that an ARN names, if they are here.
    fn resolve(&self, arn: &str) -> Result<(FunctionName, Option<Qualifier>), Fault> {
        let mut parts = arn.split(':').skip(3);
        let ours = parts.next() == Some(self.region.as_str())
            && parts.next() == Some(self.account.as_str())
            && parts.next() == Some("function");
        let name = parts.next().and_then(|name| FunctionName::new(name).ok());
        let (true, Some(name)) = (ours, name) else {
            return Err(Fault::unsendable("the function is not one of this server's region and account"));
        };
        let qualifier = parts.next().map(Qualifier::from);
        if parts.next().is_some() {
            return Err(Fault::unsendable("the target is no function's ARN"));
        }
        let function = self.functions.find(name.as_str());
        let version = function.as_ref().and_then(|function| function.resolve(qualifier.as_ref(), 0));
        let version = version.ok_or_else(|| Fault::refused("the function is not there"))?;
        // As a call without a tenant is refused: a record belongs to none.
        if version.configuration.tenant_isolation == TenantIsolation::PerTenant {
            return Err(Fault::unsendable("the function is isolated by tenant, and a record has no tenant"));
        }
        Ok((name, qualifier))
    }

    /// What the record's event has for a context: the record's, which has in its lineage the function it tells of. A circle
    /// of functions that are each other's destinations is found and stopped by that. Where the record has none, because
    /// there was no root to it, a trace is begun: without a root the lineage would be lost at the next hop.
    fn context(&self, message: &Message<'_>, now: Timestamp) -> String {
        if let Some(trace) = message.trace() {
            return trace.to_owned();
        }
        let function = message.record().function_arn(&self.region, &self.account);
        enter(Some(&new_trace(now)), FunctionHash::of(&function)).context
    }
}

/// What a record's event is accepted once under. A caller who could send it would have the record taken for delivered.
fn key(message: &str) -> IdempotencyKey {
    IdempotencyKey::of_server(&format!("lambent.destination.{message}"), ONCE_WINDOW)
}

/// In AWS's form: the time in seconds, and 96 bits by chance.
fn new_trace(now: Timestamp) -> String {
    let root = Uuid::new_v4().as_u128() & ((1 << 96) - 1);
    format!("Root=1-{:08x}-{root:024x};Sampled=0", now.as_millis() / 1_000)
}

#[async_trait]
impl Sender for Functions {
    fn kind(&self) -> TargetKind {
        TargetKind::Function
    }

    async fn send(&self, message: &Message<'_>) -> Result<(), Fault> {
        let (function, qualifier) = self.resolve(message.target())?;
        message.text_within(EVENT_BYTES_MAX)?;
        let now = self.clock.now();
        let request = EventRequest {
            request_id: RequestId::from(Uuid::new_v4()),
            function,
            qualifier,
            payload: message.body.clone(),
            trace: Some(self.context(message, now)),
            tenant_id: None,
            priority: Priority::Normal,
            not_before: None,
        };
        // Whoever stops between this and the end of the delivery sends it again, and need not be heard twice.
        match self.queue.enqueue_once(accept(request, now), key(&message.id())).await {
            // The same record was sent before, and with a server of another version it may have read otherwise.
            Ok(_) | Err(EnqueueError::KeyReused) => Ok(()),
            Err(error @ (EnqueueError::Storage(_) | EnqueueError::BacklogFull | EnqueueError::DiskFull)) => {
                Err(Fault::unavailable(error.to_string()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_caller_can_send_the_key_of_a_record() {
        let IdempotencyKey { key, .. } = key("5.OnFailure");
        assert!(key.ends_with("lambent.destination.5.OnFailure") && key.len() <= 256);
        // What callers may send is printable.
        assert!(key.bytes().any(|byte| !matches!(byte, b' '..=b'~')));
    }
}
