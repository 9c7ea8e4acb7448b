//! Measures what a sandbox costs: from asking to having its listeners, to the first instruction of
//! `/bin/true`, and until it is gone. Prints medians and 90th percentiles in milliseconds.
//!
//! `cargo run --release -p lambent-sandbox --example build_time [ROUNDS]`
#![expect(clippy::print_stdout, clippy::expect_used, reason = "a measuring program, for people")]

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lambent_sandbox::{Network, Notice, Notices, Options, Program, SandboxSpec, Spawner, sandbox_init_main};

const WAIT: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    let argument = std::env::args().nth(1);
    if argument.as_deref() == Some("sandbox-init") {
        return sandbox_init_main();
    }
    let rounds = argument.and_then(|text| text.parse().ok()).unwrap_or(100);
    let spawner = Spawner::new(Options::default()).expect("a spawner");
    println!("level {:?}, missing {:?}", spawner.level(), spawner.missing());
    let mut figures: [Vec<Duration>; 4] = Default::default();
    for round in 0..rounds {
        for (all, one) in figures.iter_mut().zip(measure(&spawner, round)) {
            all.push(one);
        }
    }
    for (name, mut all) in ["listeners", "started", "exited", "gone"].into_iter().zip(figures) {
        all.sort();
        let at =
            |share: usize| all.get(all.len() * share / 100).copied().unwrap_or_default().as_secs_f64() * 1e3;
        println!("{name:10} p50 {:7.3} ms   p90 {:7.3} ms", at(50), at(90));
    }
    ExitCode::SUCCESS
}

/// Times from the request to the listeners, to `exec`, and to the exit of `/bin/true`; and of the end alone.
fn measure(spawner: &Spawner, round: usize) -> [Duration; 4] {
    let spec = SandboxSpec {
        id: format!("time-{round}"),
        network: Network::None,
        task_dir: "/usr/share".into(),
        opt_dir: None,
        runtime_files: Arc::new([]),
        read_only_trees: Vec::new(),
        tmp_bytes: 512 << 20,
        memory_bytes: 128 << 20,
        pids_max: 742,
        nofile_max: 1024,
        cpu_millis: None,
        listeners: 2,
    };
    let program = Program { path: "/bin/true".into(), args: vec![], env: vec![], cwd: "/var/task".into() };
    let start = Instant::now();
    let mut spawned = spawner.spawn(&spec).expect("a sandbox");
    let listeners = start.elapsed();
    spawned.sandbox.start(&program).expect("an order");
    expect(&mut spawned.notices, |notice| matches!(notice, Notice::Started { .. }));
    let started = start.elapsed();
    expect(&mut spawned.notices, |notice| matches!(notice, Notice::Exited(_)));
    let exited = start.elapsed();
    let end = Instant::now();
    spawned.sandbox.kill();
    expect(&mut spawned.notices, |notice| *notice == Notice::Gone);
    [listeners, started, exited, end.elapsed()]
}

fn expect(notices: &mut Notices, wanted: impl Fn(&Notice) -> bool) {
    let notice = notices.wait_next(WAIT).expect("a working socket").expect("a notice in time");
    assert!(wanted(&notice), "unexpected {notice:?}");
}
