//! Resident memory of the server: idle, with many functions stored, and with many events queued.

use crate::failure::Failure;
use crate::figures::Spread;
use crate::lambent::{Lambent, create_request, invoke_async_request};
use crate::load::{Load, Until};
use crate::package::{Package, payload};
use crate::report::{Findings, Line};
use crate::stage::Stage;
use crate::wire::Connection;
use std::time::{Duration, Instant};

const EVENT_BYTES: usize = 512;
const FUNCTION: &str = "sleep";
/// After a load: long enough for buffers to be written and given back.
const SETTLE: Duration = Duration::from_secs(2);

pub(super) async fn measure(stage: &Stage) -> Result<Findings, Failure> {
    let mut findings = Findings::new("memory: resident set of the server's process");
    let server = stage.lambent(&[]).await?;
    findings.line(resident("idle after the start", &server, "≤ 40")?);
    let took = server.start_took().as_secs_f64() * 1e3;
    findings.note(format!("the start took {took:.0} ms to the ready line"));
    let functions = stage.mode.scaled(10_000);
    let created = create(&server, &Package::echo(stage.python())?, functions).await?;
    tokio::time::sleep(SETTLE).await;
    findings.line(resident(&format!("{functions} functions stored"), &server, "≤ 150")?);
    findings.note(format!("functions created one after the other at {:.0} per second", created));
    server.stop().await?;
    if let Some(events) = stage.mode.backlog() {
        backlog(stage, events, &mut findings).await?;
    }
    Ok(findings)
}

fn resident(what: &str, server: &Lambent, aim: &str) -> Result<Line, Failure> {
    let resident = Spread::of([server.resident_mib()?]);
    Ok(Line::new(format!("{what} (aim {aim})")).cell("MiB", resident))
}

/// Creates them on one connection; gives the rate.
async fn create(server: &Lambent, package: &Package, functions: u64) -> Result<f64, Failure> {
    let mut connection = Connection::open(server.server().address()).await?;
    let started = Instant::now();
    for function in 0..functions {
        let head = connection.exchange(&create_request(&format!("stored-{function}"), package)).await?;
        if head.status != 201 {
            return Err(Failure::new(format!("CreateFunction answered {}", head.status)));
        }
    }
    Ok(functions as f64 / started.elapsed().as_secs_f64())
}

async fn backlog(stage: &Stage, events: u64, findings: &mut Findings) -> Result<(), Failure> {
    let server = stage.lambent(&[("LAMBENT_ENVIRONMENTS_CONCURRENCY", "2")]).await?;
    server.create(FUNCTION, &Package::sleep(stage.python())?).await?;
    let load = Load {
        request: invoke_async_request(FUNCTION, &payload(EVENT_BYTES)),
        status: 202,
        connections: 64,
        until: Until::Sent(events),
    };
    let accepted = load.run(server.server()).await?;
    findings.note(format!("{events} events accepted at {:.0} per second", accepted.per_second));
    findings.line(resident("the same, at once after the load", &server, "—")?);
    tokio::time::sleep(SETTLE).await;
    findings.line(resident(&format!("{events} events queued"), &server, "≤ 300")?);
    server.stop().await
}
