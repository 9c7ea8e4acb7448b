//! How long an event of a quiet function waits for its run: alone, and beside a function that fails and has a long queue.

use super::{FAILING, QUICK, queue_path};
use crate::failure::Failure;
use crate::figures::{Spread, percentile_ms};
use crate::lambent::Lambent;
use crate::report::{Findings, Line, Ratio};
use crate::stage::Stage;
use serde_json::Value;
use std::time::Duration;

/// Between two events of the quiet function.
const PACE: Duration = Duration::from_millis(20);
const END_MAX: Duration = Duration::from_secs(60);
/// The largest page.
const PAGE: usize = 1_000;

pub(super) async fn measure(
    stage: &Stage,
    (alone, beside): (&Lambent, &Lambent),
    findings: &mut Findings,
) -> Result<(), Failure> {
    beside.json("POST", &queue_path(FAILING, "/resume"), b"").await?;
    let events = usize::try_from(stage.mode.scaled(400)).unwrap_or(PAGE).min(PAGE);
    let mut waits = [const { Vec::new() }; 2];
    for _ in 0..stage.mode.rounds() {
        for (rounds, server) in waits.iter_mut().zip([alone, beside]) {
            // A warm environment on both, as a function that is used has one.
            server.invoke(QUICK, "{}").await?;
            rounds.push(waited(server, events).await?);
        }
    }
    let [quiet, noisy] = &waits;
    for (rounds, what) in [(quiet, "alone"), (noisy, "beside it")] {
        let of =
            |percent| Spread::of(rounds.iter().map(|times: &Vec<Duration>| percentile_ms(times, percent)));
        let line = Line::new(format!("quiet function, accepted to started, {what}"));
        findings.line(line.cell("p50 ms", of(50)).cell("p99 ms", of(99)));
    }
    // The times are whole milliseconds: half of one is the least that can be told.
    let p99 = |times: &Vec<Duration>| percentile_ms(times, 99).max(0.5);
    let ratio = Spread::of(noisy.iter().zip(quiet).map(|(noisy, quiet)| p99(noisy) / p99(quiet)));
    findings.ratio(Ratio::new("p99 from accepted to started, beside it / alone", ratio, "≤ 1.5"));
    let backlog = beside.json("GET", &queue_path(FAILING, ""), b"").await?;
    findings.note(format!("the failing function's queue after that: {backlog}"));
    Ok(())
}

/// Sends events at an even pace; gives, in order of length, how long each waited.
async fn waited(server: &Lambent, events: usize) -> Result<Vec<Duration>, Failure> {
    let path = format!("/2014-11-13/functions/{QUICK}/invoke-async/");
    let mut pace = tokio::time::interval(PACE);
    for _ in 0..events {
        pace.tick().await;
        server.timed("POST", &path, b"{}", 202).await?;
    }
    let listing = format!("/_lambent/v1/events?function={QUICK}&limit={events}");
    let deadline = tokio::time::Instant::now() + END_MAX;
    loop {
        let page = server.json("GET", &listing, b"").await?;
        let listed = page.get("events").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut waits: Vec<Duration> = listed.iter().filter_map(wait).collect();
        if waits.len() == events {
            waits.sort_unstable();
            return Ok(waits);
        }
        if tokio::time::Instant::now() > deadline {
            return Err(Failure::new(format!(
                "{} of {events} events of the quiet function were run",
                waits.len()
            )));
        }
        tokio::time::sleep(PACE).await;
    }
}

fn wait(event: &Value) -> Option<Duration> {
    let accepted = event.get("acceptedAt")?.as_u64()?;
    let started = event.pointer("/attempts/0/startedAt")?.as_u64()?;
    Some(Duration::from_millis(started.saturating_sub(accepted)))
}
