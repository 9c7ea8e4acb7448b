//! Durable accept: InvokeAsync over kept connections, beside bare hyper with and without a disk.
//!
//! Nothing runs meanwhile: the server has two places for invocations, and both are held by a function
//! that sleeps. What is accepted stays in the queue, and goes with the data directory.

use crate::failure::Failure;
use crate::figures::{Figures, Spread};
use crate::lambent::{AUTH_REQUIRED, Lambent, invoke_async_request};
use crate::load::{Load, Until};
use crate::package::{Package, payload};
use crate::process::Server;
use crate::report::{Findings, Line, Ratio};
use crate::stage::Stage;
use bytes::Bytes;

const CONNECTIONS: [u16; 3] = [1, 64, 256];
const EVENT_BYTES: usize = 512;
const FUNCTION: &str = "sleep";
/// As few as the server takes.
const PLACES: (&str, &str) = ("LAMBENT_ENVIRONMENTS_CONCURRENCY", "2");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contestant {
    Bare,
    Durable,
    Lambent,
    Signed,
}

impl Contestant {
    const ALL: [Self; 4] = [Self::Bare, Self::Durable, Self::Lambent, Self::Signed];

    fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare hyper, no disk",
            Self::Durable => "bare hyper + one group-committed append",
            Self::Lambent => "lambent",
            Self::Signed => "lambent, every request signed",
        }
    }
}

/// The figures of one contestant at one number of connections, round by round.
struct Series {
    contestant: Contestant,
    connections: u16,
    rounds: Vec<Figures>,
}

/// Contestants take turns; each turn has a new process with nothing stored.
pub(super) async fn measure(stage: &Stage) -> Result<Findings, Failure> {
    let mut all: Vec<Series> = Vec::new();
    for connections in CONNECTIONS {
        for contestant in Contestant::ALL {
            all.push(Series { contestant, connections, rounds: Vec::new() });
        }
    }
    for _ in 0..stage.mode.rounds() {
        for contestant in Contestant::ALL {
            let mine = all.iter_mut().filter(|series| series.contestant == contestant);
            turn(stage, contestant, mine).await?;
        }
    }
    Ok(findings(&all))
}

async fn turn<'a>(
    stage: &Stage,
    contestant: Contestant,
    series: impl Iterator<Item = &'a mut Series>,
) -> Result<(), Failure> {
    let payload = payload(EVENT_BYTES);
    let settings: &[(&str, &str)] = match contestant {
        Contestant::Signed => &[PLACES, AUTH_REQUIRED],
        Contestant::Bare | Contestant::Durable | Contestant::Lambent => &[PLACES],
    };
    if matches!(contestant, Contestant::Lambent | Contestant::Signed) {
        let server = busy_server(stage, settings, &payload).await?;
        for series in series {
            // Signed anew for each load: a signature is good for five minutes.
            let request = server.invoke_async(FUNCTION, &payload)?;
            series.rounds.push(load(stage, server.server(), &request, series.connections).await?);
        }
        return server.stop().await;
    }
    let request = invoke_async_request(FUNCTION, &payload);
    let scratch = stage.scratch()?;
    let file = scratch.path().join("appended");
    let append = (contestant == Contestant::Durable).then_some(file.as_path());
    let server = stage.bare(append, &scratch.path().join("server.log")).await?;
    for series in series {
        series.rounds.push(load(stage, &server, &request, series.connections).await?);
    }
    server.stop().await
}

async fn load(stage: &Stage, server: &Server, request: &Bytes, connections: u16) -> Result<Figures, Failure> {
    let until = Until::Time { warm_up: stage.mode.warm_up(), window: stage.mode.window() };
    Load { request: request.clone(), status: 202, connections, until }.run(server).await
}

/// A server all of whose places are taken.
async fn busy_server(stage: &Stage, settings: &[(&str, &str)], payload: &str) -> Result<Lambent, Failure> {
    let server = stage.lambent(settings).await?;
    server.create(FUNCTION, &Package::sleep(stage.python())?).await?;
    let request = server.invoke_async(FUNCTION, payload)?;
    let places = Load { request, status: 202, connections: 1, until: Until::Sent(2) };
    places.run(server.server()).await?;
    server.wait_for_running(1).await?;
    Ok(server)
}

fn findings(all: &[Series]) -> Findings {
    let mut findings = Findings::new("durable accept: 512-byte events, HTTP/1.1 kept alive");
    findings.note("in `lambent` no event runs meanwhile: a sleeping function holds all places");
    for series in all {
        let what = format!("{:>3} connections · {}", series.connections, series.contestant.name());
        findings.line(Line::of_rounds(what, &series.rounds));
    }
    for connections in CONNECTIONS {
        let rounds = |contestant| {
            all.iter()
                .find(|series| series.contestant == contestant && series.connections == connections)
                .map_or(&[][..], |series| &series.rounds)
        };
        let (ours, durable) = (rounds(Contestant::Lambent), rounds(Contestant::Durable));
        let signed = rounds(Contestant::Signed);
        let at = format!("{connections:>3} connections");
        let rate = Spread::ratio(ours, durable, |figures| figures.per_second);
        findings.ratio(Ratio::new(format!("{at}: rate, lambent / durable limit"), rate, "≥ 0.8"));
        let with_auth = Spread::ratio(signed, durable, |figures| figures.per_second);
        findings.ratio(Ratio::new(format!("{at}: rate, signed / durable limit"), with_auth, "≥ 0.7"));
        let cost = Spread::ratio(signed, ours, |figures| figures.server_us);
        findings.ratio(Ratio::new(format!("{at}: processor time, signed / unsigned"), cost, "—"));
        let p99 = Spread::ratio(ours, durable, |figures| figures.p99_ms);
        findings.ratio(Ratio::new(format!("{at}: p99, lambent / durable limit"), p99, "≤ 2"));
        let processor = Spread::ratio(ours, durable, |figures| figures.server_us);
        findings.ratio(Ratio::new(format!("{at}: processor time, lambent / durable limit"), processor, "—"));
        let rate = Spread::ratio(ours, rounds(Contestant::Bare), |figures| figures.per_second);
        findings.ratio(Ratio::new(format!("{at}: rate, lambent / no disk"), rate, "—"));
    }
    findings
}
