//! The seam between the courier and the many ways of sending.

use crate::fault::Fault;
use crate::message::Message;
use async_trait::async_trait;
use lambent_engine::deliveries::TargetKind;

/// Sends to targets of one kind.
#[async_trait]
pub(crate) trait Sender: Send + Sync + std::fmt::Debug {
    /// What kind.
    fn kind(&self) -> TargetKind;

    /// Sends one message to [`Message::target`]. When this returns without an error the target has it, as surely as the
    /// target's protocol can tell. The caller bounds the time, and may drop the future at any point; then, or after an
    /// error, the same message may come again.
    async fn send(&self, message: &Message<'_>) -> Result<(), Fault>;
}
