//! What is told of an event, made from the event.

use lambent_domain::event::{Event, EventState, EventStatus};

/// Of an event in this state, of which nothing else is known.
pub(super) fn of(event: Event, state: EventState) -> EventStatus {
    EventStatus {
        request_id: event.request_id,
        function: event.function,
        qualifier: event.qualifier,
        state,
        condition: None,
        accepted_at: event.accepted_at,
        settled_at: None,
        next_attempt_at: None,
        attempts: event.attempts,
        priority: event.priority,
        payload_bytes: length(&event.payload),
        result_bytes: None,
        result_kept: false,
        dead_letter: false,
        redrive_of: event.redrive_of,
        redriven_as: None,
        deliveries: Vec::new(),
    }
}

pub(super) fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// Roughly what it took to read it, in bytes.
pub(super) fn weight(status: &EventStatus) -> usize {
    let payload = if status.state.is_settled() {
        0
    } else {
        usize::try_from(status.payload_bytes).unwrap_or(usize::MAX)
    };
    payload.saturating_add(256 + status.attempts.len() * 256)
}
