//! `GET /metrics`: counters and gauges in Prometheus's text form.

use std::fmt::Write as _;

use http::HeaderValue;
use lambent_engine::stats::EngineStats;
use lambent_store::queue::QueueStats;

use crate::response::{self, Answer};
use crate::state::AppState;

pub(super) fn metrics(state: &AppState) -> Answer {
    let text = text(&state.queue.stats(), &state.engine.stats());
    response::with_body(HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"), text)
}

/// One metric: its name, its type, what it means, and its values by label.
type Metric<'a> = (&'a str, &'a str, &'a str, &'a [(&'a str, u64)]);

fn text(queue: &QueueStats, engine: &EngineStats) -> String {
    let settled = [
        ("{disposition=\"succeeded\"}", queue.succeeded),
        ("{disposition=\"failed\"}", queue.failed),
        ("{disposition=\"cancelled\"}", queue.cancelled),
    ];
    let depth = [
        ("{state=\"ready\"}", queue.ready),
        ("{state=\"delayed\"}", queue.delayed),
        ("{state=\"running\"}", queue.running),
    ];
    let metrics: &[Metric<'_>] = &[
        (
            "lambent_async_events_received_total",
            "counter",
            "Events accepted since start.",
            &[("", queue.received)],
        ),
        (
            "lambent_async_events_settled_total",
            "counter",
            "Events that reached their end since start.",
            &settled,
        ),
        ("lambent_async_events", "gauge", "Events that have not reached their end.", &depth),
        (
            "lambent_invocations_total",
            "counter",
            "Runs of code since start, failures included.",
            &[("", engine.invocations)],
        ),
        (
            "lambent_errors_total",
            "counter",
            "Runs that ended in a function error since start.",
            &[("", engine.errors)],
        ),
        (
            "lambent_throttles_total",
            "counter",
            "Calls refused for lack of concurrency since start.",
            &[("", engine.throttles)],
        ),
        (
            "lambent_concurrent_executions",
            "gauge",
            "Invocations running now.",
            &[("", engine.concurrent_executions)],
        ),
        (
            "lambent_concurrency_limit",
            "gauge",
            "Most invocations that may run at a time.",
            &[("", engine.concurrency_limit)],
        ),
        (
            "lambent_environments_started_total",
            "counter",
            "Execution environments started since start.",
            &[("", engine.environments_started)],
        ),
        (
            "lambent_environments_failed_total",
            "counter",
            "Execution environments that could not be started.",
            &[("", engine.environments_failed)],
        ),
        (
            "lambent_environments_idle",
            "gauge",
            "Warm execution environments waiting for work.",
            &[("", engine.environments_idle)],
        ),
    ];
    let mut out = String::new();
    for (name, kind, help, values) in metrics {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (labels, value) in *values {
            let _ = writeln!(out, "{name}{labels} {value}");
        }
    }
    out
}
