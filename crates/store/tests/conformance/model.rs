//! The embedded queue against a model of a few lines, over random histories with restarts at random points.
//!
//! The memory is kept so small that windows, refills and late arrivals are met all the time.

use crate::backend::{Backend, BackendExt, LEASE, attempt, event, id, name, of, record};
use lambent_domain::attempt::AttemptOutcome;
use lambent_domain::disposition::{Disposition, FailureCondition, PutBack};
use lambent_domain::event::{Event, EventState, Priority};
use lambent_domain::request_id::RequestId;
use lambent_domain::time::{Clock, Timestamp};
use lambent_store::queue::{Cancel, Delivery, Redrive, Settlement};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::time::Duration;

const FUNCTIONS: [&str; 3] = ["f", "f-", "g"];

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Enqueue {
        function: usize,
        high: bool,
        /// For how many milliseconds its sender delays it.
        delay: Option<u64>,
    },
    Receive {
        function: usize,
        max: usize,
    },
    Succeed {
        pick: usize,
    },
    Fail {
        pick: usize,
        told: bool,
    },
    /// Of any event there was, by number.
    Cancel {
        pick: u64,
    },
    Redrive {
        pick: u64,
    },
    Purge {
        function: usize,
    },
    /// The next record arrives, or is given up.
    Tell {
        arrives: bool,
    },
    RetryIn {
        pick: usize,
        millis: u64,
        ran: bool,
    },
    Release {
        pick: usize,
    },
    Lose {
        pick: usize,
    },
    Pass {
        millis: u64,
    },
    /// Longer than every lease.
    PassLease,
    /// The wall clock alone, and just as far.
    SetForward,
    Reopen,
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let (function, pick) = (0..FUNCTIONS.len(), 0_usize..100);
    let step = prop_oneof![
        1 => function.clone().prop_map(|function| Step::Purge { function }),
        8 => (function.clone(), prop::bool::weighted(0.4), prop::option::weighted(0.2, 1_u64..60))
            .prop_map(|(function, high, delay)| Step::Enqueue { function, high, delay }),
        8 => (function, 1_usize..5).prop_map(|(function, max)| Step::Receive { function, max }),
        4 => pick.clone().prop_map(|pick| Step::Succeed { pick }),
        2 => (pick.clone(), any::<bool>()).prop_map(|(pick, told)| Step::Fail { pick, told }),
        2 => (0_u64..100).prop_map(|pick| Step::Cancel { pick }),
        2 => (0_u64..100).prop_map(|pick| Step::Redrive { pick }),
        1 => any::<bool>().prop_map(|arrives| Step::Tell { arrives }),
        3 => (pick.clone(), 0_u64..50, any::<bool>()).prop_map(|(pick, millis, ran)| Step::RetryIn { pick, millis, ran }),
        1 => pick.clone().prop_map(|pick| Step::Release { pick }),
        1 => pick.prop_map(|pick| Step::Lose { pick }),
        3 => (0_u64..40).prop_map(|millis| Step::Pass { millis }),
        1 => Just(Step::PassLease),
        1 => Just(Step::SetForward),
        1 => Just(Step::Reopen),
    ];
    proptest::collection::vec(step, 1..120)
}

/// What the queue should hold.
#[derive(Default)]
struct Model {
    /// Function → (due, order of writing) → event: everything that is neither leased nor over.
    waiting: BTreeMap<&'static str, BTreeMap<(Timestamp, u64), Event>>,
    /// Leased, with place.
    leased: HashMap<RequestId, ((Timestamp, u64), Event)>,
    /// Those whose lease is over, which the queue notices when it is next asked for events.
    lapsed: HashSet<RequestId>,
    over: HashMap<RequestId, EventState>,
    /// Events of the dead-letter list.
    letters: HashMap<RequestId, Event>,
    redriven: HashMap<RequestId, RequestId>,
    /// Of which a record waits to be sent.
    records: VecDeque<Event>,
    written: u64,
    accepted: BTreeMap<&'static str, Vec<RequestId>>,
    /// High events of a function that were received since the last normal one.
    high_runs: HashMap<&'static str, u32>,
}

/// One event that waits: its place, and itself.
type Waiting = ((Timestamp, u64), Event);

/// So many high events go in a row while normal ones are ready.
const HIGH_RUN_MAX: u32 = 4;

impl Model {
    fn accept(&mut self, function: &'static str, event: Event) {
        let is_empty = self.waiting.get(function).is_none_or(BTreeMap::is_empty);
        if is_empty && !self.leased.values().any(|(_, event)| event.function.as_str() == function) {
            self.high_runs.remove(function);
        }
        self.accepted.entry(function).or_default().push(event.request_id);
        self.write(function, event.due_at(), event);
    }

    fn write(&mut self, function: &str, due: Timestamp, event: Event) {
        self.written += 1;
        self.put(function, (due, self.written), event);
    }

    fn put(&mut self, function: &str, place: (Timestamp, u64), event: Event) {
        let function = FUNCTIONS.into_iter().find(|known| *known == function).unwrap();
        self.waiting.entry(function).or_default().insert(place, event);
    }

    fn expire(&mut self) {
        for id in std::mem::take(&mut self.lapsed) {
            // It may have been settled or released in the last moment.
            if let Some((place, event)) = self.leased.remove(&id) {
                self.put(&event.function.to_string(), place, event);
            }
        }
    }

    fn restart(&mut self) {
        self.high_runs.clear();
        self.lapsed.extend(self.leased.keys());
        self.expire();
    }

    /// What is ready, in the order in which it goes, with the run of high events that each leaves behind.
    fn ready(&self, function: &str, now: Timestamp) -> Vec<(Waiting, u32)> {
        let Some(waiting) = self.waiting.get(function) else { return Vec::new() };
        let due =
            waiting.iter().filter(|((due, _), _)| *due <= now).map(|(place, event)| (*place, event.clone()));
        let (high, normal): (VecDeque<Waiting>, VecDeque<Waiting>) =
            due.partition(|(_, event)| event.priority == Priority::High);
        let (mut high, mut normal) = (high, normal);
        let mut run = self.high_runs.get(function).copied().unwrap_or_default();
        let mut ready = Vec::new();
        loop {
            let goes_first = if run < HIGH_RUN_MAX && !high.is_empty() || normal.is_empty() {
                run = (run + 1).min(HIGH_RUN_MAX);
                high.pop_front()
            } else {
                run = 0;
                normal.pop_front()
            };
            match goes_first {
                Some(waiting) => ready.push((waiting, run)),
                None => return ready,
            }
        }
    }

    fn state(&self, id: RequestId, now: Timestamp) -> Option<EventState> {
        if self.leased.contains_key(&id) {
            return Some(EventState::Running);
        }
        let waiting = self.waiting.values().flatten().find(|(_, event)| event.request_id == id);
        match waiting {
            Some(((due, _), _)) if *due > now => Some(EventState::Delayed),
            Some(_) => Some(EventState::Queued),
            None => self.over.get(&id).copied(),
        }
    }
}

/// Runs one history; panics where queue and model differ.
pub(crate) async fn run(store: &mut impl Backend, steps: Vec<Step>) {
    let mut model = Model::default();
    let mut out: Vec<Delivery> = Vec::new();
    let mut number = 0;
    for step in steps {
        match step {
            Step::Enqueue { function, high, delay } => {
                number += 1;
                let (function, now) = (FUNCTIONS[function], store.clock().now());
                let not_before = delay.map(|millis| now.plus(Duration::from_millis(millis)));
                let priority = if high { Priority::High } else { Priority::Normal };
                let event = Event { priority, not_before, ..event(function, number, now) };
                store.queue().enqueue(event.clone()).await.unwrap();
                model.accept(function, event);
            }
            Step::Receive { function, max } => {
                receive(store, &mut model, &mut out, FUNCTIONS[function], max).await
            }
            Step::Pass { millis } => store.pass(Duration::from_millis(millis)).await,
            Step::PassLease => {
                store.pass(LEASE).await;
                model.lapsed.extend(model.leased.keys());
            }
            Step::SetForward => store.clock().advance(LEASE),
            Step::Reopen => {
                store.reopen().await;
                model.restart();
                out.clear();
            }
            Step::Succeed { pick } => {
                settle(store, &mut model, &mut out, pick, Disposition::Succeeded, true).await
            }
            Step::Fail { pick, told } => {
                let failed = Disposition::Failed(FailureCondition::RetriesExhausted);
                settle(store, &mut model, &mut out, pick, failed, told).await;
            }
            Step::Cancel { pick } if number > 0 => cancel(store, &mut model, id(pick % number + 1)).await,
            Step::Redrive { pick } if number > 0 => {
                if redrive(store, &mut model, id(pick % number + 1), id(number + 1)).await {
                    number += 1;
                }
            }
            Step::Purge { function } => purge(store, &mut model, FUNCTIONS[function]).await,
            Step::Tell { arrives } => tell(store, &mut model, arrives).await,
            Step::RetryIn { pick, millis, ran } => {
                let at = store.clock().now().plus(Duration::from_millis(millis));
                settle(store, &mut model, &mut out, pick, Disposition::RetryAt(at), ran).await;
            }
            Step::Release { pick } if !out.is_empty() => {
                let delivery = out.swap_remove(pick % out.len());
                if let Some((place, event)) = model.leased.remove(&delivery.event.request_id) {
                    model.put(&event.function.to_string(), place, event);
                }
                store.queue().release(delivery).await.unwrap();
            }
            Step::Lose { pick } if !out.is_empty() => drop(out.swap_remove(pick % out.len())),
            Step::Release { .. } | Step::Lose { .. } | Step::Cancel { .. } | Step::Redrive { .. } => {}
        }
    }
    compare(store, &model, number).await;
}

async fn receive(
    store: &mut impl Backend,
    model: &mut Model,
    out: &mut Vec<Delivery>,
    function: &'static str,
    max: usize,
) {
    let now = store.clock().now();
    model.expire();
    let received = store.receive_once(function, max).await;
    let ready = model.ready(function, now);
    // The first ones, in order; how many is the queue's affair, but none only if there are none.
    assert!(received.len() <= max);
    assert_eq!(received.is_empty(), ready.is_empty(), "ready in the model: {ready:?}");
    for (delivery, ((place, event), run)) in received.into_iter().zip(ready) {
        assert_eq!(delivery.event, event);
        model.waiting.get_mut(function).unwrap().remove(&place);
        model.high_runs.insert(function, run);
        // A delivery of the same event whose lease has run out can't be told apart by the model: it is lost.
        out.retain(|older| older.event.request_id != event.request_id);
        model.leased.insert(event.request_id, (place, event));
        out.push(delivery);
    }
}

async fn settle(
    store: &mut impl Backend,
    model: &mut Model,
    out: &mut Vec<Delivery>,
    pick: usize,
    disposition: Disposition,
    ran: bool,
) {
    if out.is_empty() {
        return;
    }
    let delivery = out.swap_remove(pick % out.len());
    let run = ran.then(|| attempt(7, AttemptOutcome::FunctionError));
    let put_back =
        (!ran).then_some(if pick.is_multiple_of(2) { PutBack::Throttled } else { PutBack::SystemError });
    // Of a failure: whether somebody is told of it, or nobody.
    let told = ran && matches!(disposition, Disposition::Failed(_));
    let now = store.clock().now();
    let records = if told { vec![record(&delivery.event, "a", now)] } else { Vec::new() };
    if let Some((_, mut event)) = model.leased.remove(&delivery.event.request_id) {
        event.attempts.extend(run.clone());
        match disposition {
            Disposition::RetryAt(at) => {
                event.put_backs += u32::from(!ran);
                event.last_put_back = put_back;
                model.write(&event.function.to_string(), at, event);
            }
            Disposition::Succeeded => drop(model.over.insert(event.request_id, EventState::Succeeded)),
            Disposition::Failed(_) => {
                model.over.insert(event.request_id, EventState::Failed);
                if told {
                    model.records.push_back(event);
                } else {
                    model.letters.insert(event.request_id, event);
                }
            }
            Disposition::Cancelled => drop(model.over.insert(event.request_id, EventState::Cancelled)),
        }
    }
    let settlement =
        Settlement { put_back, records, dead_letter: !told, ..Settlement::new(disposition, run, now) };
    store.queue().settle(delivery, settlement).await.unwrap();
}

async fn cancel(store: &mut impl Backend, model: &mut Model, id: RequestId) {
    let waiting = model.waiting.values_mut().find_map(|events| {
        let place = *events.iter().find(|(_, event)| event.request_id == id)?.0;
        events.remove(&place)
    });
    let expected = match (waiting, model.over.get(&id)) {
        (Some(event), _) => {
            model.over.insert(event.request_id, EventState::Cancelled);
            Cancel::Cancelled
        }
        (None, Some(state)) => Cancel::Settled(*state),
        (None, None) => Cancel::Running,
    };
    assert_eq!(store.queue().cancel(id, store.clock().now()).await.unwrap(), expected, "{id:?}");
}

/// Says whether there is another event now.
async fn redrive(store: &mut impl Backend, model: &mut Model, id: RequestId, again: RequestId) -> bool {
    let now = store.clock().now();
    let expected = match (model.redriven.get(&id), model.letters.remove(&id)) {
        (Some(already), _) => Redrive::Already(*already),
        (None, Some(event)) => {
            let function = event.function.to_string();
            let function = FUNCTIONS.into_iter().find(|known| *known == function).unwrap();
            model.redriven.insert(id, again);
            let event = Event {
                request_id: again,
                accepted_at: now,
                attempts: Vec::new(),
                put_backs: 0,
                last_put_back: None,
                not_before: None,
                redrive_of: Some(id),
                ..event
            };
            model.accept(function, event);
            Redrive::Redriven
        }
        (None, None) => Redrive::NotKept(model.state(id, now).unwrap()),
    };
    let redriven = store.queue().redrive(id, again, now).await.unwrap();
    assert_eq!(redriven, expected, "{id:?}");
    redriven == Redrive::Redriven
}

async fn purge(store: &mut impl Backend, model: &mut Model, function: &'static str) {
    let ended = std::mem::take(model.waiting.entry(function).or_default());
    model.over.extend(ended.values().map(|event| (event.request_id, EventState::Cancelled)));
    let purged = store.queue().purge(&name(function), store.clock().now()).await.unwrap();
    assert_eq!(purged, u64::try_from(ended.len()).unwrap());
}

async fn tell(store: &mut impl Backend, model: &mut Model, arrives: bool) {
    let Some(event) = model.records.pop_front() else { return };
    let delivery = store.outbox().receive_records(1, LEASE).await.pop().unwrap();
    assert_eq!(delivery.outgoing.record.request_id, event.request_id);
    if arrives {
        store.deliver(delivery).await;
    } else {
        store.give_up(delivery).await;
        model.letters.insert(event.request_id, event);
    }
}

/// Look-ups, listings and counts agree with the model at the end.
async fn compare(store: &mut impl Backend, model: &Model, last: u64) {
    let now = store.clock().now();
    for number in 1..=last {
        assert_eq!(store.state(number).await, model.state(id(number), now), "event {number}");
    }
    for number in 1..=last {
        let status = store.status(number).await;
        assert_eq!(status.dead_letter, model.letters.contains_key(&id(number)), "event {number}");
        assert_eq!(status.redriven_as, model.redriven.get(&id(number)).copied(), "event {number}");
    }
    for function in FUNCTIONS {
        let listed = store.queue().list(&of(function), None, 1_000).await.unwrap().events;
        let listed: Vec<_> = listed.into_iter().map(|status| status.request_id).collect();
        let mut accepted = model.accepted.get(function).cloned().unwrap_or_default();
        accepted.reverse();
        assert_eq!(listed, accepted, "{function}");
    }
    let stats = store.queue().stats();
    let waiting: usize = model.waiting.values().map(BTreeMap::len).sum();
    assert_eq!(stats.ready + stats.delayed, u64::try_from(waiting).unwrap());
    assert_eq!(stats.dead_letters, u64::try_from(model.letters.len()).unwrap());
    assert_eq!(store.outbox().outbox_stats().waiting, u64::try_from(model.records.len()).unwrap());
    assert_eq!(stats.running, u64::try_from(model.leased.len()).unwrap());
}
