//! What the store must still know after a restart: E1, E2.

use super::{End, InDoubt, Known, Model, short};
use lambent_domain::event::{EventState, EventStatus};
use lambent_domain::invocation_record::DeliveryState;
use lambent_domain::request_id::RequestId;
use std::time::Duration;

impl Model {
    /// The server has come back, and the store tells this of an event.
    pub(crate) fn found(&mut self, id: RequestId, status: Option<&EventStatus>) {
        let Some(known) = self.events.get_mut(&id) else { return };
        known.leased = false;
        known.ran = None;
        known.runs_now = 0;
        let doubts = std::mem::take(&mut known.in_doubt);
        let Some(status) = status else {
            if known.promised {
                self.broken("E1", format_args!("{} was accepted and is not known any more", short(id)));
            } else {
                self.events.remove(&id);
            }
            return;
        };
        known.seen = true;
        known.ready_at = status.next_attempt_at.unwrap_or_else(|| known.sent.due_at());
        if let Err(why) = judge(known, &doubts, status) {
            self.broken("E2", format_args!("{}: {why}", short(id)));
        }
    }
}

/// Takes over what the store tells, if it may tell that.
fn judge(known: &mut Known, doubts: &[InDoubt], status: &EventStatus) -> Result<(), String> {
    let attempts = status.attempts.len();
    let (state, before) = (status.state, known.end);
    known.attempts = attempts;
    if !state.is_settled() {
        known.end = None;
        return match before {
            Some(end) if end.durable => Err(format!("was {:?} and is {state:?} again", end.state)),
            Some(_) | None => Ok(()),
        };
    }
    let redriven = status.redriven_as.is_some();
    // What nobody takes comes to the dead-letter list later.
    let given_up = status.deliveries.iter().any(|delivery| delivery.state == DeliveryState::Failed);
    let told = |end: &End| {
        let kept = (end.dead_letter || given_up) && !redriven;
        end.told == status.deliveries.len() && (kept == status.dead_letter || given_up)
    };
    if let Some(end) = before {
        return if end.state == state && told(&end) {
            Ok(())
        } else {
            Err(format!("was {end:?} and is {status:?}"))
        };
    }
    let doubt = doubts.iter().find_map(|doubt| match doubt {
        InDoubt::End(end) if end.state == state && told(end) => Some(*end),
        InDoubt::End(_) | InDoubt::Retry(_) => None,
    });
    known.end = doubt.map(|end| End { durable: false, ..end });
    match doubt {
        Some(_) => Ok(()),
        // An end that a power loss took back, and that was on the disk after all.
        None => Err(format!("is {status:?}, and nobody decided so: {doubts:?}")),
    }
}

impl Model {
    /// What the last life left without a flush is flushed with the next event, and not before.
    pub(super) fn only_a_flush_helps(&mut self) {
        let mut undurable = Vec::new();
        for (id, known) in &mut self.events {
            if let Some(end) = known.end.as_mut().filter(|end| !end.durable) {
                end.at = Duration::MAX;
                undurable.push(*id);
            }
        }
        self.undurable = undurable;
    }

    /// Everything that the store must answer for.
    pub(crate) fn ids(&self) -> Vec<RequestId> {
        self.events.keys().copied().collect()
    }

    /// A client asks for an event's state while the server runs.
    pub(crate) fn shown(&mut self, id: RequestId, promised: bool, state: Option<EventState>) {
        if promised && state.is_none() {
            self.broken("E1", format_args!("{} was accepted and is not known", short(id)));
        }
    }
}
