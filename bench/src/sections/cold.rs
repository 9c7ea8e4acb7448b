//! Cold starts: the first answer of new functions, beside the bare interpreter with nothing to do.

use crate::failure::Failure;
use crate::figures::{Spread, percentile_ms};
use crate::lambent::Lambent;
use crate::package::Package;
use crate::programs;
use crate::report::{Findings, Line, Ratio};
use crate::stage::Stage;
use std::time::Duration;
use tokio::process::Command;

/// Old environments go soon, so that hundreds of them don't weigh on the next.
const SETTINGS: [(&str, &str); 1] = [("LAMBENT_ENVIRONMENTS_IDLE_TIMEOUT_SECS", "2")];

/// One language's functions, and what its bare interpreter does instead.
struct Kind {
    name: &'static str,
    bare_name: &'static str,
    package: Package,
    aim: &'static str,
    created: Vec<Duration>,
    answered: Vec<Duration>,
    bare: Vec<Duration>,
}

impl Kind {
    fn new(name: &'static str, bare_name: &'static str, package: Package, aim: &'static str) -> Self {
        Self { name, bare_name, package, aim, created: vec![], answered: vec![], bare: vec![] }
    }
}

pub(super) async fn measure(stage: &Stage) -> Result<Findings, Failure> {
    let functions = stage.mode.scaled(100);
    let without = "interpreter + 10 ms, without stem cells";
    let mut kinds = [
        Kind::new("Python hello", "python -S -E -c pass", Package::python_hello(stage.python())?, without),
        Kind::new("Node hello", "node -e 0", Package::node_hello(&stage.programs.node)?, without),
        Kind::new("native", "/bin/true", Package::native(stage.native())?, "≤ 10 ms"),
    ];
    let server = stage.lambent(&SETTINGS).await?;
    for function in 0..functions {
        for (index, kind) in kinds.iter_mut().enumerate() {
            kind.bare.push(bare_start(stage, index).await?);
            one(&server, kind, &format!("cold-{index}-{function}")).await?;
        }
    }
    server.stop().await?;
    Ok(findings(functions, &mut kinds))
}

async fn one(server: &Lambent, kind: &mut Kind, name: &str) -> Result<(), Failure> {
    kind.created.push(server.create(name, &kind.package).await?);
    kind.answered.push(server.invoke(name, "{\"name\":\"bench\"}").await?);
    server.delete(name).await
}

async fn bare_start(stage: &Stage, kind: usize) -> Result<Duration, Failure> {
    match kind {
        0 => stage.programs.python.start(&["-S", "-E", "-c", "pass"]).await,
        1 => stage.programs.node.start(&["-e", "0"]).await,
        _ => programs::start(&mut Command::new("/bin/true")).await,
    }
}

fn findings(functions: u64, kinds: &mut [Kind]) -> Findings {
    let mut findings = Findings::new(format!("cold starts: {functions} new functions each, one at a time"));
    findings.note(
        "a start is the whole answer time of a new function's first Invoke, on a connection of its own",
    );
    for kind in &mut *kinds {
        for (what, samples) in [
            (format!("{} · first answer", kind.name), &mut kind.answered),
            (format!("{} · CreateFunction", kind.name), &mut kind.created),
            (format!("bare start · {}", kind.bare_name), &mut kind.bare),
        ] {
            samples.sort_unstable();
            let line = Line::new(what).cell("p50 ms", Spread::of([percentile_ms(samples, 50)]));
            findings.line(line.cell("p99 ms", Spread::of([percentile_ms(samples, 99)])));
        }
    }
    for kind in kinds {
        let over = percentile_ms(&kind.answered, 50) - percentile_ms(&kind.bare, 50);
        let what = format!("{}: p50 over the bare start, ms", kind.name);
        findings.ratio(Ratio::new(what, Spread::of([over]), kind.aim));
    }
    findings
}
