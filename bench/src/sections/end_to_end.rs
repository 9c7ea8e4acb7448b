//! Asynchronous end to end: from the first request until the last event is settled, beside the same
//! runtime program in a loop with nothing behind it.

use crate::failure::Failure;
use crate::figures::Spread;
use crate::lambent::{Lambent, invoke_async_request};
use crate::load::{Load, Until};
use crate::package::{Package, payload};
use crate::report::{Findings, Line, Ratio};
use crate::stage::Stage;
use std::ffi::{OsStr, OsString};
use std::time::{Duration, Instant};

const EVENT_BYTES: usize = 512;
const FUNCTION: &str = "echo";
const CONNECTIONS: u16 = 16;
const SETTLED_MAX: Duration = Duration::from_secs(120);
const LOOP: &str = include_str!("../../functions/echo_loop.py");

/// One language: the function, and the program that does the same in the bare loop.
struct Language {
    name: &'static str,
    package: Package,
    program: Vec<OsString>,
    events: u64,
    aim: &'static str,
}

/// The same work by four contestants, round by round.
#[derive(Default)]
struct Rates {
    loop_of_one: Vec<f64>,
    loop_of_two: Vec<f64>,
    two_places: Vec<Async>,
    default_places: Vec<Async>,
}

/// What one run against the server came to.
#[derive(Clone, Copy)]
struct Async {
    accepted_per_second: f64,
    settled_per_second: f64,
    /// Processor time of the server's process for each event, from its request to its end.
    server_us: f64,
}

pub(super) async fn measure(stage: &Stage) -> Result<Findings, Failure> {
    let mut findings = Findings::new("asynchronous, end to end: 512-byte events");
    findings.note(format!(
        "{CONNECTIONS} connections send as fast as they are answered; a rate is events over the time from"
    ));
    findings.note("the first request until the last event is settled. The loop has no clients, queue, disk, log or walls.");
    for language in languages(stage)? {
        let mut rates = Rates::default();
        for _ in 0..stage.mode.rounds() {
            round(stage, &language, &mut rates).await?;
        }
        report(&mut findings, &language, &rates);
    }
    Ok(findings)
}

fn languages(stage: &Stage) -> Result<[Language; 2], Failure> {
    let python = Language {
        name: "Python echo",
        package: Package::echo(stage.python())?,
        program: vec![stage.python().path.clone().into(), "-c".into(), LOOP.into()],
        events: stage.mode.scaled(8_000),
        aim: "≥ 0.8",
    };
    let native = Language {
        name: "native",
        package: Package::native(stage.native())?,
        program: vec![stage.native().into()],
        events: stage.mode.scaled(32_000),
        aim: "≥ 0.5",
    };
    Ok([python, native])
}

async fn round(stage: &Stage, language: &Language, rates: &mut Rates) -> Result<(), Failure> {
    let program: Vec<&OsStr> = language.program.iter().map(OsString::as_os_str).collect();
    let payload = payload(EVENT_BYTES);
    let window = stage.mode.window();
    rates.loop_of_one.push(stage.bare_loop(&program, 1, &payload, window).await?);
    rates.loop_of_two.push(stage.bare_loop(&program, 2, &payload, window).await?);
    let two = stage.lambent(&[("LAMBENT_ENVIRONMENTS_CONCURRENCY", "2")]).await?;
    rates.two_places.push(run(two, language).await?);
    rates.default_places.push(run(stage.lambent(&[]).await?, language).await?);
    Ok(())
}

/// Sends a tenth to warm up, then all, and waits for the last one.
async fn run(server: Lambent, language: &Language) -> Result<Async, Failure> {
    server.create(FUNCTION, &language.package).await?;
    let warm_up = language.events / 10;
    let load = |events| Load {
        request: invoke_async_request(FUNCTION, &payload(EVENT_BYTES)),
        status: 202,
        connections: CONNECTIONS,
        until: Until::Sent(events),
    };
    load(warm_up).run(server.server()).await?;
    server.wait_for_settled(warm_up, SETTLED_MAX).await?;
    let (started, spent) = (Instant::now(), server.server().processor_time()?);
    let accepted = load(language.events).run(server.server()).await?;
    if accepted.failures > 0 {
        return Err(Failure::new(format!("{} events were not accepted", accepted.failures)));
    }
    server.wait_for_settled(warm_up + language.events, SETTLED_MAX).await?;
    let settled_per_second = language.events as f64 / started.elapsed().as_secs_f64();
    let spent = server.server().processor_time()?.saturating_sub(spent);
    let server_us = spent.as_secs_f64() * 1e6 / language.events as f64;
    server.stop().await?;
    Ok(Async { accepted_per_second: accepted.per_second, settled_per_second, server_us })
}

fn report(findings: &mut Findings, language: &Language, rates: &Rates) {
    let name = language.name;
    let settled = |runs: &[Async]| runs.iter().map(|run| run.settled_per_second).collect::<Vec<_>>();
    let accepted = |runs: &[Async]| Spread::of(runs.iter().map(|run| run.accepted_per_second));
    for (what, rounds) in [("1 process", &rates.loop_of_one), ("2 processes", &rates.loop_of_two)] {
        let line = Line::new(format!("{name} · bare loop, {what}"));
        findings.line(line.cell("per second", Spread::of(rounds.iter().copied())));
    }
    for (what, runs) in [("2 places", &rates.two_places), ("default places", &rates.default_places)] {
        let line = Line::new(format!("{name} · lambent, {what}"));
        let line = line.cell("per second", Spread::of(settled(runs)));
        let line = line.cell("accepted per second", accepted(runs));
        findings.line(line.cell("server µs", Spread::of(runs.iter().map(|run| run.server_us))));
    }
    for (what, runs) in [("2 places", &rates.two_places), ("default places", &rates.default_places)] {
        let ratio = settled(runs).into_iter().zip(&rates.loop_of_two).map(|(ours, theirs)| ours / theirs);
        let what = format!("{name}: lambent with {what} / loop of 2");
        findings.ratio(Ratio::new(what, Spread::of(ratio), language.aim));
    }
}
