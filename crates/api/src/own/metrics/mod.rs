//! `GET /metrics`: counters and gauges in Prometheus's text form, under CloudWatch's names where it has one.
//!
//! Whatever is said of the queue is of one moment: received = succeeded + failed + cancelled + what is in the queue, at
//! every scrape. The counts of the queue and of the outbox are over the life of the data directory, those of runs since the
//! start.

mod events;
mod family;
mod kinds;
mod runs;

use std::fmt::Write as _;

use http::HeaderValue;

use crate::response::{self, Answer};
use crate::state::AppState;

pub(super) fn metrics(state: &AppState) -> Answer {
    let engine = state.engine.stats();
    let families = events::of_queue(&state.queue.stats())
        .into_iter()
        .chain(events::of_deliveries(&state.outbox.outbox_stats()))
        .chain(kinds::families(state.engine.deliveries()))
        .chain(events::of_dispatch(&engine))
        .chain(runs::families(&engine));
    let mut text = String::new();
    for family in families {
        // Writing to a String cannot fail.
        let _ = write!(text, "{family}");
    }
    response::with_body(HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"), text)
}
