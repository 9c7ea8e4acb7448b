//! What the callers were told: the server has to keep to all of it.

use lambent_tests::Chance;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Of the newest events, so many may be cancelled: those not over yet are among them.
const RECENT: usize = 60;

/// What becomes of an event that nobody cancels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Succeeds,
    Fails,
    Either,
}

/// An event as its sender knows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent {
    pub(crate) function: &'static str,
    pub(crate) fate: Fate,
    pub(crate) number: u64,
}

/// All of it, by request id.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) accepted: HashMap<String, Sent>,
    /// Newest last.
    order: Vec<String>,
    /// As they were when they were cancelled.
    pub(crate) cancelled: HashMap<String, Value>,
    /// What was repeated, and as what.
    pub(crate) redriven: HashMap<String, String>,
    /// By the number of the idempotency key.
    pub(crate) keyed: HashMap<u64, String>,
    /// What was seen of events that were over, first time.
    pub(crate) ended: HashMap<String, Value>,
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    numbers: AtomicU64,
    told: Mutex<Told>,
}

impl Ledger {
    pub(crate) fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn accepted(&self, id: String, sent: Sent) {
        let mut told = self.told.lock().unwrap();
        if told.accepted.insert(id.clone(), sent).is_none() {
            told.order.push(id);
        }
    }

    /// One of the newest.
    pub(crate) fn recent(&self, chance: &mut Chance) -> Option<String> {
        let told = self.told.lock().unwrap();
        let many = told.order.len().min(RECENT);
        let back = usize::try_from(chance.within(0..u64::try_from(many).unwrap().max(1))).unwrap();
        told.order.iter().rev().nth(back).cloned()
    }

    pub(crate) fn cancelled(&self, id: &str, event: Value) {
        assert_eq!(event["state"], "cancelled", "{event}");
        self.told.lock().unwrap().cancelled.insert(id.to_owned(), event);
    }

    pub(crate) fn redriven(&self, id: &str, again: &str) {
        let mut told = self.told.lock().unwrap();
        let before = told.redriven.insert(id.to_owned(), again.to_owned());
        assert_eq!(before, None, "{id} was redriven twice");
        if let Some(sent) = told.accepted.get(id).copied() {
            told.accepted.insert(again.to_owned(), sent);
            told.order.push(again.to_owned());
        }
    }

    pub(crate) fn keyed(&self, number: u64, id: &str) {
        let mut told = self.told.lock().unwrap();
        let first = told.keyed.entry(number).or_insert_with(|| id.to_owned());
        assert_eq!(first, id, "the key {number} made a second event");
    }

    /// What an event that is over says of its end may never change.
    pub(crate) fn ended(&self, event: &Value) {
        let id = event["requestId"].as_str().unwrap().to_owned();
        let end = ["state", "settledAt", "condition", "attempts"].map(|member| event[member].clone());
        let end = Value::from(end.to_vec());
        let mut told = self.told.lock().unwrap();
        let first = told.ended.entry(id).or_insert_with(|| end.clone());
        assert_eq!(*first, end, "the end has changed: {event}");
    }

    pub(crate) fn told<T>(&self, read: impl FnOnce(&Told) -> T) -> T {
        read(&self.told.lock().unwrap())
    }
}

#[expect(clippy::disallowed_methods, reason = "the function under test reads the same clock")]
pub(crate) fn now_secs() -> f64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64()
}
