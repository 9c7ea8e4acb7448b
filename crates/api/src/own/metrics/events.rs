//! Events on their way, those that are over, and what is told of them.

use std::borrow::Cow;

use lambent_engine::stats::{AGE_CLASSES_MS, EngineStats, EventAges};
use lambent_store::outbox::OutboxStats;
use lambent_store::queue::QueueStats;

use super::family::{COUNTER, Family, GAUGE, HISTOGRAM};

/// All of it from one reading, so that it adds up.
pub(super) fn of_queue(queue: &QueueStats) -> Vec<Family> {
    vec![
        Family::new(
            COUNTER,
            "lambent_async_events_received_total",
            "Events accepted (CloudWatch: AsyncEventsReceived).",
            queue.received,
        ),
        Family::labelled(
            COUNTER,
            "lambent_async_events_settled_total",
            "Events that reached their end.",
            [
                ("{disposition=\"succeeded\"}", queue.succeeded),
                ("{disposition=\"failed\"}", queue.failed),
                ("{disposition=\"cancelled\"}", queue.cancelled),
            ],
        ),
        Family::new(
            COUNTER,
            "lambent_async_events_dropped_total",
            "Events given up, whether somebody was told or not; the failed ones of those above (CloudWatch: AsyncEventsDropped).",
            queue.failed,
        ),
        Family::labelled(
            GAUGE,
            "lambent_async_events",
            "Events that have not reached their end.",
            [
                ("{state=\"ready\"}", queue.ready),
                ("{state=\"delayed\"}", queue.delayed),
                ("{state=\"running\"}", queue.running),
            ],
        ),
        Family::new(GAUGE, "lambent_dead_letters", "Events in the dead-letter list.", queue.dead_letters),
        Family::new(
            GAUGE,
            "lambent_dead_letter_bytes",
            "Bytes of the events in the dead-letter list.",
            queue.dead_letter_bytes,
        ),
    ]
}

pub(super) fn of_deliveries(outbox: &OutboxStats) -> Vec<Family> {
    vec![
        Family::new(
            COUNTER,
            "lambent_destination_deliveries_total",
            "Records that arrived at destinations, dead-letter queues and topics.",
            outbox.delivered,
        ),
        Family::new(
            COUNTER,
            "lambent_destination_delivery_failures_total",
            "Records for destinations that were given up (CloudWatch: DestinationDeliveryFailures).",
            outbox.destinations_failed,
        ),
        Family::new(
            COUNTER,
            "lambent_dead_letter_errors_total",
            "Records for dead-letter queues and topics that were given up (CloudWatch: DeadLetterErrors).",
            outbox.dead_letters_failed,
        ),
        Family::new(
            GAUGE,
            "lambent_destination_records_waiting",
            "Records that are still to be sent.",
            outbox.waiting,
        ),
        Family::new(
            GAUGE,
            "lambent_destination_records_waiting_bytes",
            "Bytes of the records that are still to be sent.",
            outbox.waiting_bytes,
        ),
    ]
}

pub(super) fn of_dispatch(engine: &EngineStats) -> Vec<Family> {
    vec![
        age(&engine.async_event_age),
        Family::new(
            GAUGE,
            "lambent_async_event_age_max_milliseconds",
            "The greatest age at which an event was run since start.",
            engine.async_event_age.max_ms,
        ),
        Family::labelled(
            COUNTER,
            "lambent_async_events_put_back_total",
            "How often an event was put back without a run since start.",
            [("{cause=\"throttle\"}", engine.events_throttled), ("{cause=\"fault\"}", engine.events_faulted)],
        ),
        Family::new(
            COUNTER,
            "lambent_recursive_invocations_dropped_total",
            "Calls refused and events given up because they were part of a circle, since start (CloudWatch: RecursiveInvocationsDropped).",
            engine.recursive_invocations_dropped,
        ),
    ]
}

/// A class has those below it in it, as Prometheus wants it.
fn age(ages: &EventAges) -> Family {
    let mut values: Vec<(Cow<'static, str>, u64)> = Vec::with_capacity(ages.classes.len() + 2);
    let mut so_far = 0;
    let bounds = AGE_CLASSES_MS.iter().map(ToString::to_string).chain(["+Inf".to_owned()]);
    for (bound, count) in bounds.zip(ages.classes) {
        so_far += count;
        values.push((format!("_bucket{{le=\"{bound}\"}}").into(), so_far));
    }
    values.push(("_sum".into(), ages.sum_ms));
    values.push(("_count".into(), so_far));
    Family {
        name: "lambent_async_event_age_milliseconds",
        kind: HISTOGRAM,
        help: "How old events were whenever they were run, since start (CloudWatch: AsyncEventAge).",
        values,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(families: &[Family]) -> String {
        families.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_family_is_described_once_and_has_a_line_for_each_label() {
        let queue = QueueStats { succeeded: 3, cancelled: 1, ..QueueStats::default() };
        let text = text(&of_queue(&queue));
        assert!(
            text.contains(
                "# HELP lambent_async_events_settled_total Events that reached their end.\n\
                 # TYPE lambent_async_events_settled_total counter\n\
                 lambent_async_events_settled_total{disposition=\"succeeded\"} 3\n\
                 lambent_async_events_settled_total{disposition=\"failed\"} 0\n\
                 lambent_async_events_settled_total{disposition=\"cancelled\"} 1\n"
            ),
            "{text}"
        );
        assert!(text.starts_with(
            "# HELP lambent_async_events_received_total Events accepted (CloudWatch: AsyncEventsReceived).\n\
             # TYPE lambent_async_events_received_total counter\n\
             lambent_async_events_received_total 0\n"
        ));
    }

    #[test]
    fn classes_of_ages_are_summed_up() {
        let ages = EventAges { classes: [2, 1, 0, 1, 0, 0, 1, 1], sum_ms: 77, max_ms: 70 };
        let text = age(&ages).to_string();
        for line in [
            "# TYPE lambent_async_event_age_milliseconds histogram",
            "lambent_async_event_age_milliseconds_bucket{le=\"100\"} 2",
            "lambent_async_event_age_milliseconds_bucket{le=\"60000\"} 4",
            "lambent_async_event_age_milliseconds_bucket{le=\"+Inf\"} 6",
            "lambent_async_event_age_milliseconds_sum 77",
            "lambent_async_event_age_milliseconds_count 6",
        ] {
            assert!(text.lines().any(|found| found == line), "no {line} in {text}");
        }
    }
}
