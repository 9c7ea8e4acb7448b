//! Synchronous calls of a warm native function, beside the same program in a loop with nothing around it.

use crate::failure::Failure;
use crate::figures::{Figures, Spread};
use crate::lambent::{Lambent, invoke_request};
use crate::load::{Load, Until};
use crate::package::{Package, payload};
use crate::report::{Findings, Line, Ratio};
use crate::stage::Stage;

const CONNECTIONS: [u16; 3] = [1, 16, 64];
const PAYLOAD_BYTES: usize = 512;
const FUNCTION: &str = "hello";

pub(super) async fn measure(stage: &Stage) -> Result<Findings, Failure> {
    let mut loops = [const { Vec::new() }; 2];
    let mut calls = [const { Vec::new() }; 3];
    for _ in 0..stage.mode.rounds() {
        for (rounds, processes) in loops.iter_mut().zip([1, 2]) {
            let program = [stage.native().as_os_str()];
            let (payload, window) = (payload(PAYLOAD_BYTES), stage.mode.window());
            rounds.push(stage.bare_loop(&program, processes, &payload, window).await?);
        }
        let server = stage.lambent(&[]).await?;
        server.create(FUNCTION, &Package::native(stage.native())?).await?;
        server.invoke(FUNCTION, "{}").await?;
        for (rounds, connections) in calls.iter_mut().zip(CONNECTIONS) {
            rounds.push(load(stage, &server, connections).await?);
        }
        server.stop().await?;
    }
    Ok(findings(&loops, &calls))
}

async fn load(stage: &Stage, server: &Lambent, connections: u16) -> Result<Figures, Failure> {
    // Twice as long as elsewhere: every connection needs an environment of its own to be warm.
    let until = Until::Time { warm_up: stage.mode.warm_up() * 2, window: stage.mode.window() };
    let request = invoke_request(FUNCTION, &payload(PAYLOAD_BYTES));
    Load { request, status: 200, connections, until }.run(server.server()).await
}

fn findings(loops: &[Vec<f64>; 2], calls: &[Vec<Figures>; 3]) -> Findings {
    let mut findings = Findings::new("synchronous warm Invoke: native function, 512-byte payload");
    for (rounds, what) in loops.iter().zip(["1 process", "2 processes"]) {
        let line = Line::new(format!("bare loop, {what}, no callers"));
        findings.line(line.cell("per second", Spread::of(rounds.iter().copied())));
    }
    for (rounds, connections) in calls.iter().zip(CONNECTIONS) {
        findings.line(Line::of_rounds(format!("lambent, {connections:>2} connections"), rounds));
    }
    let theirs = loops.iter().chain(loops.last()).zip([1, 2, 2]);
    for ((rounds, connections), (bare, processes)) in calls.iter().zip(CONNECTIONS).zip(theirs) {
        let ratio = rounds.iter().zip(bare).map(|(ours, theirs)| ours.per_second / theirs);
        let what = format!("{connections:>2} connections: rate, lambent / loop of {processes}");
        findings.ratio(Ratio::new(what, Spread::of(ratio), aim(connections)));
    }
    findings
}

/// The peers' figures were measured earlier, on this kind of machine when nothing else ran.
fn aim(connections: u16) -> &'static str {
    match connections {
        1 => "cargo-lambda watch: 2.9 k/s",
        16 => "workerd: 7.5 k/s",
        _ => "workerd: 9.0 k/s",
    }
}
