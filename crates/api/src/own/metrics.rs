//! `GET /metrics`: counters and gauges in Prometheus's text form.

use std::fmt::{self, Write as _};

use http::HeaderValue;
use lambent_engine::stats::EngineStats;
use lambent_store::queue::QueueStats;

use crate::response::{self, Answer};
use crate::state::AppState;

/// Only grows.
const COUNTER: &str = "counter";
/// Is so now.
const GAUGE: &str = "gauge";

pub(super) fn metrics(state: &AppState) -> Answer {
    let families = of_events(&state.queue.stats()).into_iter().chain(of_runs(&state.engine.stats()));
    let mut text = String::new();
    for family in families {
        // Writing to a String cannot fail.
        let _ = write!(text, "{family}");
    }
    response::with_body(HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"), text)
}

/// One metric: its name, its type, what it means, and its values by label.
struct Family {
    name: &'static str,
    kind: &'static str,
    help: &'static str,
    values: Vec<(&'static str, u64)>,
}

impl Family {
    fn new(kind: &'static str, name: &'static str, help: &'static str, value: u64) -> Self {
        Self { name, kind, help, values: vec![("", value)] }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, kind, help, values } = self;
        writeln!(f, "# HELP {name} {help}\n# TYPE {name} {kind}")?;
        values.iter().try_for_each(|(label, value)| writeln!(f, "{name}{label} {value}"))
    }
}

fn of_events(queue: &QueueStats) -> Vec<Family> {
    vec![
        Family::new(
            COUNTER,
            "lambent_async_events_received_total",
            "Events accepted since start.",
            queue.received,
        ),
        Family {
            name: "lambent_async_events_settled_total",
            kind: COUNTER,
            help: "Events that reached their end since start.",
            values: vec![
                ("{disposition=\"succeeded\"}", queue.succeeded),
                ("{disposition=\"failed\"}", queue.failed),
                ("{disposition=\"cancelled\"}", queue.cancelled),
            ],
        },
        Family {
            name: "lambent_async_events",
            kind: GAUGE,
            help: "Events that have not reached their end.",
            values: vec![
                ("{state=\"ready\"}", queue.ready),
                ("{state=\"delayed\"}", queue.delayed),
                ("{state=\"running\"}", queue.running),
            ],
        },
    ]
}

fn of_runs(engine: &EngineStats) -> Vec<Family> {
    vec![
        Family::new(
            COUNTER,
            "lambent_invocations_total",
            "Runs of code since start, failures included.",
            engine.invocations,
        ),
        Family::new(
            COUNTER,
            "lambent_errors_total",
            "Runs that ended in a function error since start.",
            engine.errors,
        ),
        Family::new(
            COUNTER,
            "lambent_throttles_total",
            "Calls refused for lack of concurrency since start.",
            engine.throttles,
        ),
        Family::new(
            COUNTER,
            "lambent_provisioned_concurrency_invocations_total",
            "Runs in provisioned environments since start.",
            engine.provisioned_invocations,
        ),
        Family::new(
            COUNTER,
            "lambent_provisioned_concurrency_spillover_invocations_total",
            "Runs on demand of versions with provisioned environments since start.",
            engine.provisioned_spillovers,
        ),
        Family::new(
            GAUGE,
            "lambent_provisioned_concurrent_executions",
            "Invocations running in provisioned environments now.",
            engine.provisioned_concurrent_executions,
        ),
        Family::new(
            GAUGE,
            "lambent_concurrent_executions",
            "Invocations running now.",
            engine.concurrent_executions,
        ),
        Family::new(
            GAUGE,
            "lambent_concurrency_limit",
            "Most invocations that may run at a time.",
            engine.concurrency_limit,
        ),
        Family::new(
            COUNTER,
            "lambent_environments_started_total",
            "Execution environments started since start.",
            engine.environments_started,
        ),
        Family::new(
            COUNTER,
            "lambent_environments_failed_total",
            "Execution environments that could not be started.",
            engine.environments_failed,
        ),
        Family::new(
            GAUGE,
            "lambent_environments_idle",
            "Warm execution environments waiting for work.",
            engine.environments_idle,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_described_once_and_has_a_line_for_each_label() {
        let queue = QueueStats { succeeded: 3, cancelled: 1, ..QueueStats::default() };
        let text: String = of_events(&queue).iter().map(ToString::to_string).collect();
        assert!(
            text.contains(
                "# HELP lambent_async_events_settled_total Events that reached their end since start.\n\
                 # TYPE lambent_async_events_settled_total counter\n\
                 lambent_async_events_settled_total{disposition=\"succeeded\"} 3\n\
                 lambent_async_events_settled_total{disposition=\"failed\"} 0\n\
                 lambent_async_events_settled_total{disposition=\"cancelled\"} 1\n"
            ),
            "{text}"
        );
        assert!(text.starts_with(
            "# HELP lambent_async_events_received_total Events accepted since start.\n\
             # TYPE lambent_async_events_received_total counter\n\
             lambent_async_events_received_total 0\n"
        ));
    }
}
