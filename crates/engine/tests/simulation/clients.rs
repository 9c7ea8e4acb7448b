//! Those who send events, call, and ask.

use crate::chance::Chance;
use crate::model::{End, short};
use crate::world::World;
use bytes::Bytes;
use lambent_domain::arn::{AccountId, FunctionArn, FunctionName, Region};
use lambent_domain::event::{Event, EventRequest, EventState, Priority, accept};
use lambent_domain::function::Function;
use lambent_domain::invocation::Invocation;
use lambent_domain::qualifier::Qualifier;
use lambent_domain::request_id::RequestId;
use lambent_domain::time::Clock;
use lambent_engine::Engine;
use lambent_store::StorageError;
use lambent_store::embedded::EmbeddedQueue;
use lambent_store::queue::{Cancel, EnqueueError, EventQueue, IdempotencyKey, Redrive, Submission};
use lambent_store::resources::FunctionStore;
use std::sync::Arc;
use std::time::Duration;

/// One life's server, as those outside see it.
#[derive(Debug, Clone)]
pub(crate) struct Outside {
    pub(crate) world: Arc<World>,
    pub(crate) queue: Arc<EmbeddedQueue>,
    pub(crate) engine: Engine,
    pub(crate) functions: Arc<FunctionStore>,
}

impl Outside {
    /// One thing that somebody does.
    pub(crate) async fn act(self) {
        let what = self.world.chance().between(0, 99);
        match what {
            0..46 => self.send_some().await,
            46..50 => self.send_all().await,
            50..54 => self.send_once().await,
            54..64 => self.call().await,
            64..72 => self.ask().await,
            72..76 => self.cancel().await,
            76..78 => self.purge().await,
            78..82 => self.redrive().await,
            _ => self.own().await,
        }
    }

    pub(crate) fn some_function(&self) -> Option<Arc<Function>> {
        let functions = self.functions.list(None, usize::MAX);
        if functions.is_empty() { None } else { Some(Arc::clone(self.world.chance().pick(&functions))) }
    }

    /// Any event that was ever sent.
    fn some_event(&self) -> Option<RequestId> {
        let ids = self.world.model().ids();
        if ids.is_empty() { None } else { Some(*self.world.chance().pick(&ids)) }
    }

    fn event(&self, function: &Function) -> Event {
        let now = self.world.clock.now();
        let mut chance = self.world.chance();
        let size = *chance.pick(&[1, 20, 200]);
        let request = EventRequest {
            request_id: chance.request_id(),
            function: function.name.clone(),
            qualifier: some_qualifier(&mut chance, function),
            payload: Bytes::from(vec![b'7'; size]),
            trace: None,
            tenant_id: None,
            priority: if chance.percent(15) { Priority::High } else { Priority::Normal },
            not_before: chance.percent(15).then(|| now.plus(chance.millis(1, 25_000))),
        };
        accept(request, now)
    }

    async fn send_some(&self) {
        let Some(function) = self.some_function() else { return };
        let number = if self.world.chance().percent(20) { self.world.chance().between(2, 8) } else { 1 };
        for _ in 0..number {
            let event = self.event(&function);
            let id = event.request_id;
            let ends = self.world.step(|model| {
                model.sends(&event);
                model.undurable()
            });
            let sent = self.queue.enqueue(event).await;
            self.answered(id, &sent, &ends);
        }
    }

    async fn send_all(&self) {
        let Some(function) = self.some_function() else { return };
        let number = self.world.chance().between(1, 5);
        let events: Vec<Event> = (0..number).map(|_| self.event(&function)).collect();
        let ends = self.world.step(|model| {
            events.iter().for_each(|event| model.sends(event));
            model.undurable()
        });
        let ids: Vec<RequestId> = events.iter().map(|event| event.request_id).collect();
        let submissions = events.into_iter().map(|event| Submission { event, idempotency: None });
        let sent = self.queue.enqueue_all(submissions.collect()).await;
        for (id, sent) in ids.into_iter().zip(sent) {
            self.answered(id, &sent.map(drop), &ends);
        }
    }

    async fn send_once(&self) {
        let Some(function) = self.some_function() else { return };
        let event = self.event(&function);
        let key = {
            let mut chance = self.world.chance();
            IdempotencyKey { key: format!("k{}", chance.between(0, 2)), window: chance.millis(1_000, 40_000) }
        };
        let ends = self.world.step(|model| {
            model.sends_once(&event, &key);
            model.undurable()
        });
        let id = event.request_id;
        match self.queue.enqueue_once(event.clone(), key.clone()).await {
            Ok(accepted) => self.world.step(|model| {
                if model.judge_key(&event, &key, accepted) {
                    model.accepted(id, &ends);
                }
            }),
            Err(error) => {
                if matches!(error, EnqueueError::KeyReused) {
                    self.world.step(|model| model.key_was_used(&event, &key));
                }
                self.answered(id, &Err(error), &ends);
            }
        }
    }

    fn answered(&self, id: RequestId, sent: &Result<(), EnqueueError>, ends: &[RequestId]) {
        self.world.step(|model| match sent {
            Ok(()) => model.accepted(id, ends),
            // It may be on the disk all the same.
            Err(error @ EnqueueError::Storage(StorageError::Failed(_) | StorageError::Poisoned(_))) => {
                model.note(format_args!("send {}: {error}", short(id)));
            }
            Err(error) => model.refused(id, error),
        });
    }

    async fn call(&self) {
        let Some(function) = self.some_function() else { return };
        let (invocation, id) = {
            let mut chance = self.world.chance();
            let qualifier = some_qualifier(&mut chance, &function);
            let Some(version) = function.resolve(qualifier.as_ref(), 0) else { return };
            let id = chance.request_id();
            (invocation(id, Arc::clone(version), qualifier), id)
        };
        self.world.step(|model| {
            model.note(format_args!("call {} of {}", short(id), function.name));
            model.calls.insert(id, function.name.clone());
        });
        let ended = self.engine.invoke(invocation).await;
        self.world.step(|model| {
            model.note(format_args!("called {}: {}", short(id), ended.is_ok()));
            model.call_ends(id);
        });
    }

    async fn ask(&self) {
        let Some(id) = self.some_event() else { return };
        let promised = self.world.model().events.get(&id).is_some_and(|known| known.promised);
        if let Ok(status) = self.queue.status(id).await {
            self.world.step(|model| model.shown(id, promised, status.map(|status| status.state)));
        }
    }

    async fn cancel(&self) {
        let Some(id) = self.some_event() else { return };
        let end = self.cancelled();
        self.world.step(|model| model.may_end(&[id], end));
        let cancelled = self.queue.cancel(id, self.world.clock.now()).await;
        self.world.step(|model| {
            model.note(format_args!("cancel {}: {cancelled:?}", short(id)));
            match cancelled {
                Ok(Cancel::Cancelled) => model.ended_by_owner(id, end),
                Ok(Cancel::Running | Cancel::Settled(_) | Cancel::Unknown) => model.did_not_end(id, end),
                Err(_) => {}
            }
        });
    }

    async fn purge(&self) {
        let Some(function) = self.some_function() else { return };
        let end = self.cancelled();
        self.world.step(|model| model.purge_begins(&function.name, end));
        let purged = self.queue.purge(&function.name, self.world.clock.now()).await;
        let ids = self.world.step(|model| {
            model.note(format_args!("purge {}: {purged:?}", function.name));
            model.purge_ends(&function.name, end)
        });
        if purged.is_err() {
            return;
        }
        for id in ids {
            let Ok(status) = self.queue.status(id).await else { return };
            let cancelled = status.is_some_and(|status| status.state == EventState::Cancelled);
            self.world.step(|model| match cancelled {
                true => model.ended_by_owner(id, end),
                false => model.did_not_end(id, end),
            });
        }
    }

    async fn redrive(&self) {
        let failed = self.world.model().dead_letters();
        if failed.is_empty() {
            return;
        }
        let (id, again) = {
            let mut chance = self.world.chance();
            (*chance.pick(&failed), chance.request_id())
        };
        let now = self.world.clock.now();
        let ends = self.world.step(|model| {
            model.redrives(id, again, now);
            model.undurable()
        });
        let redriven = self.queue.redrive(id, again, now).await;
        self.world.step(|model| {
            model.note(format_args!("redrive {}: {redriven:?}", short(id)));
            match redriven {
                Ok(Redrive::Redriven) => {
                    model.accepted(again, &ends);
                    model.redriven(id);
                }
                Ok(Redrive::Already(_) | Redrive::NotKept(_) | Redrive::Unknown) => model.forget(again),
                Err(EnqueueError::Storage(_)) => {}
                Err(error) => model.refused(again, &error),
            }
        });
    }

    fn cancelled(&self) -> End {
        let at = self.world.clock.steady();
        End { state: EventState::Cancelled, told: 0, dead_letter: false, at, durable: false }
    }
}

fn some_qualifier(chance: &mut Chance, function: &Function) -> Option<Qualifier> {
    let mut all = vec![None, None];
    all.extend(function.aliases.keys().map(|alias| Some(Qualifier::from(alias.as_ref()))));
    all.extend(function.published.keys().map(|number| Some(Qualifier::Version(*number))));
    chance.pick(&all).clone()
}

fn invocation(
    request_id: RequestId,
    version: Arc<lambent_domain::function::FunctionVersion>,
    qualifier: Option<Qualifier>,
) -> Invocation {
    let name: FunctionName = version.configuration.name.clone();
    Invocation {
        request_id,
        version,
        invoked_arn: FunctionArn {
            region: Region::new("us-east-1").unwrap(),
            account: AccountId::new("000000000000").unwrap(),
            name,
            qualifier,
        },
        payload: Bytes::from_static(b"{}"),
        trace: None,
        client_context: None,
        tenant_id: None,
    }
}

/// How long a client waits for its turn.
pub(crate) fn pause(world: &World) -> Duration {
    world.chance().millis(1, world.shape.pause_ms)
}
