//! What a long queue costs: two servers in turns, one with 1,000 events that wait and one with a million.
//!
//! The function whose events wait is paused, so nothing empties its queue but the purge at the end; for the neighbour it is
//! let go, and every run of it fails.

mod looks;
mod neighbour;
mod rates;

use crate::failure::Failure;
use crate::figures::Spread;
use crate::lambent::Lambent;
use crate::package::{Package, payload};
use crate::report::{Findings, Line, Ratio};
use crate::stage::Stage;
use std::time::{Duration, Instant};

/// Whose events wait.
const FAILING: &str = "failing";
/// Of which some are accepted and thrown away again.
const PROBE: &str = "probe";
/// A native function that returns at once.
const QUICK: &str = "quick";
const EVENT_BYTES: usize = 512;
const FEW: u64 = 1_000;
/// Lines of one request.
const BATCH: u64 = 5_000;
/// Long enough for buffers to be written and given back.
const SETTLE: Duration = Duration::from_secs(2);

pub(super) async fn measure(stage: &Stage) -> Result<Findings, Failure> {
    let many = stage.mode.backlog().unwrap_or_else(|| stage.mode.scaled(50_000));
    let mut findings = Findings::new(format!("a backlog of {many} events of {EVENT_BYTES} bytes"));
    let few = filled(stage, FEW).await?;
    let started = Instant::now();
    let full = filled(stage, many).await?;
    let rate = many as f64 / started.elapsed().as_secs_f64();
    findings.note(format!("queued by the batch endpoint, {BATCH} in a request, at {rate:.0} per second"));
    findings.line(resident("at once after that", &full, "—")?);
    tokio::time::sleep(SETTLE).await;
    findings.line(resident("events queued", &full, "≤ 300")?);

    rates::measure(stage, (&few, &full), &mut findings).await?;
    looks::measure(&full, many, &mut findings).await?;

    let full = full.kill_and_restart().await?;
    let took = Spread::of([full.start_took().as_secs_f64()]);
    findings.line(Line::new("kill -9, then start to ready").cell("s", took));
    findings.ratio(Ratio::new("kill -9, then start to ready, s", took, "≤ 5"));
    findings.line(resident("after that", &full, "≤ 300")?);

    neighbour::measure(stage, (&few, &full), &mut findings).await?;
    looks::purge(&full, &mut findings).await?;
    few.stop().await?;
    full.stop().await?;
    Ok(findings)
}

fn resident(what: &str, server: &Lambent, aim: &str) -> Result<Line, Failure> {
    let resident = Spread::of([server.resident_mib()?]);
    Ok(Line::new(format!("resident, {what} (aim {aim})")).cell("MiB", resident))
}

/// A server with its functions, of which one is paused and has so many events.
async fn filled(stage: &Stage, events: u64) -> Result<Lambent, Failure> {
    let server = stage.lambent(&[]).await?;
    server.create(FAILING, &Package::fail(stage.python())?).await?;
    server.create(PROBE, &Package::echo(stage.python())?).await?;
    server.create(QUICK, &Package::native(stage.native())?).await?;
    for paused in [FAILING, PROBE] {
        server.json("POST", &queue_path(paused, "/pause"), b"").await?;
    }
    queue(&server, FAILING, events).await?;
    server.invoke(QUICK, "{}").await?;
    Ok(server)
}

async fn queue(server: &Lambent, function: &str, events: u64) -> Result<(), Failure> {
    let line = format!("{}\n", payload(EVENT_BYTES));
    let mut left = events;
    while left > 0 {
        let count = left.min(BATCH);
        let body = line.repeat(usize::try_from(count).unwrap_or_default());
        let (answer, _) = server.timed("POST", &queue_path(function, ""), body.as_bytes(), 200).await?;
        let accepted = String::from_utf8_lossy(&answer).matches("\"status\":202").count();
        if u64::try_from(accepted).ok() != Some(count) {
            return Err(Failure::new(format!("of a batch of {count} events {accepted} were accepted")));
        }
        left -= count;
    }
    Ok(())
}

fn queue_path(function: &str, verb: &str) -> String {
    format!("/_lambent/v1/functions/{function}/events{verb}")
}
