//! Accepting, and running to the end, beside few events that wait and beside many.

use super::{EVENT_BYTES, PROBE, QUICK, queue_path};
use crate::failure::Failure;
use crate::figures::{Figures, Spread};
use crate::lambent::{Lambent, invoke_async_request};
use crate::load::{Load, Until};
use crate::package::payload;
use crate::report::{Findings, Line, Ratio};
use crate::stage::Stage;
use std::time::{Duration, Instant};

const CONNECTIONS: u16 = 64;
const SETTLED_MAX: Duration = Duration::from_secs(120);

pub(super) async fn measure(
    stage: &Stage,
    servers: (&Lambent, &Lambent),
    findings: &mut Findings,
) -> Result<(), Failure> {
    let mut accepted = [const { Vec::new() }; 2];
    let mut settled = [const { Vec::new() }; 2];
    let mut ran = [0_u64; 2];
    let events = stage.mode.scaled(8_000);
    for _ in 0..stage.mode.rounds() {
        for (index, server) in [servers.0, servers.1].into_iter().enumerate() {
            let (Some(accepted), Some(settled), Some(ran)) =
                (accepted.get_mut(index), settled.get_mut(index), ran.get_mut(index))
            else {
                continue;
            };
            accepted.push(accept(stage, server).await?);
            *ran += events;
            settled.push(settle(server, events, *ran).await?);
        }
    }
    let [few, many] = &accepted;
    findings.line(Line::of_rounds("accept beside 1,000, 64 connections", few));
    findings.line(Line::of_rounds("accept beside all of them", many));
    let [slow, fast] = &settled;
    findings.line(per_second("native function, end to end, beside 1,000", slow));
    findings.line(per_second("native function, end to end, beside all of them", fast));
    let rate = Spread::ratio(many, few, |figures| figures.per_second);
    findings.ratio(Ratio::new("accept: rate, beside all / beside 1,000", rate, "≥ 0.9"));
    let spent = Spread::ratio(many, few, |figures| figures.server_us);
    findings.ratio(Ratio::new("accept: processor time, beside all / beside 1,000", spent, "—"));
    let rate = Spread::of(fast.iter().zip(slow).map(|(many, few)| many / few));
    findings.ratio(Ratio::new("end to end: rate, beside all / beside 1,000", rate, "≥ 0.9"));
    Ok(())
}

fn per_second(what: &str, rounds: &[f64]) -> Line {
    Line::new(what).cell("per second", Spread::of(rounds.iter().copied()))
}

/// Events of a paused function, which are thrown away afterwards so that the queue stays as long as it is.
async fn accept(stage: &Stage, server: &Lambent) -> Result<Figures, Failure> {
    let until = Until::Time { warm_up: stage.mode.warm_up(), window: stage.mode.window() };
    let request = invoke_async_request(PROBE, &payload(EVENT_BYTES));
    let figures = Load { request, status: 202, connections: CONNECTIONS, until }.run(server.server()).await?;
    server.json("POST", &queue_path(PROBE, "/purge"), br#"{"what":"waiting"}"#).await?;
    Ok(figures)
}

/// Events per second from the first request to the last settlement; `ran` are those settled by then, all rounds together.
async fn settle(server: &Lambent, events: u64, ran: u64) -> Result<f64, Failure> {
    let request = invoke_async_request(QUICK, &payload(EVENT_BYTES));
    let load = Load { request, status: 202, connections: 16, until: Until::Sent(events) };
    let started = Instant::now();
    load.run(server.server()).await?;
    server.wait_for_settled(ran, SETTLED_MAX).await?;
    Ok(events as f64 / started.elapsed().as_secs_f64())
}
