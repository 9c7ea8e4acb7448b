//! That whoever is to be told of an event's end is told: E4.

use super::{Model, short};
use lambent_domain::disposition::Disposition;
use lambent_domain::event::{Event, EventState, EventStatus};
use lambent_domain::function::Function;
use lambent_domain::invocation_record::{DeliveryState, InvocationRecord, Purpose};
use lambent_domain::qualifier::Qualifier;
use lambent_domain::request_id::RequestId;
use lambent_store::outbox::OutboxStats;
use lambent_store::queue::Settlement;

/// A record on its way to a target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Brought {
    pub(crate) id: RequestId,
    pub(crate) purpose: Purpose,
    pub(crate) target: String,
}

impl Model {
    /// A failure is told to somebody or stays in the dead-letter list, and who is to be told of an end is.
    pub(super) fn judge_records(
        &mut self,
        function: Option<&Function>,
        event: &Event,
        settlement: &Settlement,
    ) {
        let id = event.request_id;
        for outgoing in &settlement.records {
            if outgoing.record.request_id != id || outgoing.record.request_payload != event.payload {
                self.broken("E4", format_args!("{} has a record of another", short(id)));
            }
        }
        let failed = matches!(settlement.disposition, Disposition::Failed(_));
        if failed && settlement.records.is_empty() && !settlement.dead_letter {
            self.broken("E4", format_args!("{} fails, and nobody is told", short(id)));
        }
        let Some(function) = function else { return };
        let qualifier = event.qualifier.as_ref().unwrap_or(&Qualifier::Latest);
        let settings = function.async_invoke.get(qualifier);
        let dead_letter_queue = function.latest.configuration.dead_letter_target.as_ref();
        let due = match settlement.disposition {
            Disposition::Succeeded => {
                vec![(Purpose::OnSuccess, settings.and_then(|settings| settings.on_success.as_ref()))]
            }
            Disposition::Failed(_) => vec![
                (Purpose::OnFailure, settings.and_then(|settings| settings.on_failure.as_ref())),
                (Purpose::DeadLetterQueue, dead_letter_queue.filter(|_| *qualifier == Qualifier::Latest)),
            ],
            Disposition::RetryAt(_) | Disposition::Cancelled => Vec::new(),
        };
        for (purpose, target) in due {
            let Some(target) = target else { continue };
            let is_told =
                settlement.records.iter().any(|record| record.purpose == purpose && record.target == *target);
            if !is_told {
                self.broken("E4", format_args!("{}: {target} is not told", short(id)));
            }
        }
    }

    /// The courier has a record. Says whether targets are to be well-behaved.
    pub(crate) fn brings(&mut self, brought: &Brought, record: &InvocationRecord) -> bool {
        let id = brought.id;
        self.note(format_args!("bring {} to {}", short(id), brought.target));
        let Some(known) = self.events.get(&id) else {
            self.broken("E4", format_args!("a record of {}, which was never sent", short(id)));
            return self.calm;
        };
        let (over, same) =
            (known.end.is_some() || !known.in_doubt.is_empty(), known.sent.payload == record.request_payload);
        if !over || !same {
            self.broken("E4", format_args!("{} is told of, and is not over or another", short(id)));
        }
        self.calm
    }

    pub(crate) fn arrives(&mut self, brought: &Brought) {
        self.note(format_args!("{} has arrived at {}", short(brought.id), brought.target));
        self.tally.arrived += 1;
        self.arrived.insert(brought.clone());
    }

    pub(crate) fn gives_up(&mut self, brought: &Brought) {
        self.given_up.insert(brought.clone());
    }

    /// Everything is over: what the store shows of an event is what has happened.
    pub(crate) fn judge_end(&mut self, id: RequestId, status: Option<&EventStatus>) {
        let Some(status) = status else {
            return self.broken("E1", format_args!("{} is not known at the end", short(id)));
        };
        for delivery in &status.deliveries {
            let (purpose, target) = (delivery.purpose, delivery.target.clone());
            let brought = Brought { id, purpose, target };
            let true_to_fact = match delivery.state {
                DeliveryState::Delivered => self.arrived.contains(&brought),
                DeliveryState::Failed => self.given_up.contains(&brought),
                DeliveryState::Pending => false,
            };
            if !true_to_fact {
                self.broken("E4", format_args!("{}: {brought:?} is not {:?}", short(id), delivery.state));
            }
        }
        let told = status.deliveries.iter().any(|delivery| delivery.state == DeliveryState::Delivered);
        let kept = status.dead_letter || status.redriven_as.is_some();
        if status.state == EventState::Failed && !told && !kept {
            self.broken("E4", format_args!("{} has failed in silence", short(id)));
        }
        let over = status.state.is_settled();
        if !over {
            self.broken("E2", format_args!("{} is {:?} at the end", short(id), status.state));
        }
    }

    pub(crate) fn judge_outbox(&mut self, stats: &OutboxStats) {
        if stats.waiting != 0 {
            self.broken("E4", format_args!("records are left: {stats:?}"));
        }
    }
}
