//! Events that are sent under a key, so that sending them again makes no second one.

use super::{Model, short};
use lambent_domain::event::Event;
use lambent_domain::qualifier::Qualifier;
use lambent_domain::time::Timestamp;
use lambent_store::queue::{Accepted, IdempotencyKey};

#[derive(Debug)]
pub(super) struct Key {
    event: Event,
    key: String,
    /// It is remembered until then at least.
    until: Timestamp,
}

impl Model {
    pub(crate) fn sends_once(&mut self, event: &Event, key: &IdempotencyKey) {
        self.sends(event);
        let until = self.clock.latest().plus(key.window);
        self.keys.push(Key { event: event.clone(), key: key.key.clone(), until });
    }

    /// Of an event that was not refused; says whether it is the one that counts.
    pub(crate) fn judge_key(&mut self, event: &Event, key: &IdempotencyKey, accepted: Accepted) -> bool {
        let (id, latest) = (event.request_id, self.latest_ever);
        match accepted {
            Accepted::New => {
                let before = self.same(event, key).find(|other| {
                    let known = self.events.get(&other.event.request_id);
                    latest < other.until && known.is_some_and(|known| known.promised)
                });
                if let Some(before) = before.map(|before| before.event.request_id) {
                    self.broken("once", format_args!("{} came after {}", short(id), short(before)));
                }
                true
            }
            Accepted::Before(first) => {
                self.note(format_args!("{} is {}", short(id), short(first)));
                self.tally.sent_again += 1;
                let known = self.events.contains_key(&first) && first != id;
                let same = self
                    .same(event, key)
                    .any(|other| other.event.request_id == first && other.event.payload == event.payload);
                if !known || !same {
                    self.broken("once", format_args!("{} is said to be {}", short(id), short(first)));
                }
                // Whoever sends again is promised the first.
                if let Some(known) = self.events.get_mut(&first) {
                    known.promised = true;
                }
                self.forget(id);
                false
            }
        }
    }

    pub(crate) fn key_was_used(&mut self, event: &Event, key: &IdempotencyKey) {
        if !self.same(event, key).any(|other| other.event.payload != event.payload) {
            self.broken("once", format_args!("{} has no other payload", short(event.request_id)));
        }
    }

    fn same<'a>(&'a self, event: &'a Event, key: &'a IdempotencyKey) -> impl Iterator<Item = &'a Key> {
        self.keys.iter().filter(|other| {
            let version = |event: &Event| event.qualifier.clone().unwrap_or(Qualifier::Latest);
            let same = other.event.function == event.function
                && version(&other.event) == version(event)
                && other.event.tenant_id == event.tenant_id
                && other.key == key.key;
            same && other.event.request_id != event.request_id
        })
    }
}
