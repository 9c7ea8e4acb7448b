//! What clients and owners do to events that were sent.

use super::{End, InDoubt, Model, short};
use lambent_domain::arn::FunctionName;
use lambent_domain::event::EventState;
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Timestamp;
use lambent_store::queue::EnqueueError;

impl Model {
    /// Its sender was told that nothing of it is stored.
    pub(crate) fn refused(&mut self, id: RequestId, error: &EnqueueError) {
        self.note(format_args!("send {}: {error}", short(id)));
        self.forget(id);
    }

    pub(crate) fn forget(&mut self, id: RequestId) {
        if self.events.remove(&id).is_some_and(|known| known.seen) {
            self.broken("E1", format_args!("{} was refused, and is there", short(id)));
        }
    }

    /// Somebody wants them to end.
    pub(crate) fn may_end(&mut self, ids: &[RequestId], end: End) {
        for id in ids {
            if let Some(known) = self.events.get_mut(id) {
                known.in_doubt.push(InDoubt::End(end));
            }
        }
    }

    pub(crate) fn did_not_end(&mut self, id: RequestId, end: End) {
        if let Some(known) = self.events.get_mut(&id) {
            known.in_doubt.retain(|doubt| *doubt != InDoubt::End(end));
        }
    }

    pub(crate) fn ended_by_owner(&mut self, id: RequestId, end: End) {
        self.did_not_end(id, end);
        if self.events.get(&id).is_some_and(|known| known.leased) {
            self.broken("E2", format_args!("{} is cancelled while it runs", short(id)));
        }
        self.ended(id, end);
    }

    /// Everything of the function that waits now or is sent meanwhile may end.
    pub(crate) fn purge_begins(&mut self, name: &FunctionName, end: End) {
        self.may_end(&self.unsettled_of(name), end);
        self.purges.push((name.clone(), end));
    }

    /// Returns the events that may have ended.
    pub(crate) fn purge_ends(&mut self, name: &FunctionName, end: End) -> Vec<RequestId> {
        self.purges.retain(|purge| *purge != (name.clone(), end));
        self.unsettled_of(name)
    }

    pub(crate) fn unsettled_of(&self, name: &FunctionName) -> Vec<RequestId> {
        let own = self.events.iter().filter(|(_, known)| known.end.is_none() && known.sent.function == *name);
        own.map(|(id, _)| *id).collect()
    }

    pub(crate) fn dead_letters(&self) -> Vec<RequestId> {
        let failed = |end: End| end.state == EventState::Failed && end.dead_letter;
        let kept = self.events.iter().filter(|(_, known)| known.end.is_some_and(failed));
        kept.map(|(id, _)| *id).collect()
    }

    pub(crate) fn redrives(&mut self, id: RequestId, again: RequestId, now: Timestamp) {
        let Some(known) = self.events.get(&id) else { return };
        let mut event = known.sent.clone();
        event.request_id = again;
        event.accepted_at = now;
        event.not_before = None;
        self.sends(&event);
    }

    pub(crate) fn redriven(&mut self, id: RequestId) {
        self.tally.redriven += 1;
        if let Some(end) = self.events.get_mut(&id).and_then(|known| known.end.as_mut()) {
            end.dead_letter = false;
        }
    }
}
