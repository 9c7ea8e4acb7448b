//! How long starts take: not a test but the measurement of docs/adr/0004-runtimes.md, run by hand:
//! `cargo test -p lambent-engine --test runtimes -- --ignored --nocapture`.

use std::process::{Command, Stdio};
use std::time::Instant;

use lambent_engine::runtimes::Roots;

use crate::oracle_python::official_client;
use crate::scenario::{Scenario, launch, preferred};

const ROUNDS: usize = 20;
const PYTHON: &str = "def handler(event, context):\n    return event\n";
const NODE: &str = "exports.handler = async (event) => event;";

#[test]
#[ignore = "a measurement, which wants an idle machine"]
fn from_exec_to_the_first_next() {
    let (with_pip, packages) = official_client();
    for (identifier, scripts) in [
        (with_pip.clone(), ["pass", "import json, socket", "import json, http.client"]),
        (preferred("nodejs"), ["0", "require('node:net')", "require('node:http')"]),
    ] {
        let (file, source, handler) = match identifier.starts_with("python") {
            true => ("app.py", PYTHON, "app.handler"),
            false => ("app.js", NODE, "app.handler"),
        };
        let flags: &[&str] = if identifier.starts_with("python") { &["-S", "-E", "-c"] } else { &["-e"] };
        let program = launch(&identifier, &Roots::sandboxed()).program;
        // Alternating, so that whatever else the machine does falls on all alike.
        let mut times = vec![Vec::new(); scripts.len() + 2];
        for _ in 0..ROUNDS {
            for (script, times) in scripts.iter().zip(&mut times) {
                let start = Instant::now();
                Command::new(&program).args(flags).arg(script).stdin(Stdio::null()).status().unwrap();
                times.push(start.elapsed());
            }
            let run = Scenario::new(file, source, handler).run(&identifier);
            times[scripts.len()].push(run.idle_after.unwrap());
            if identifier == with_pip {
                let mut official = Command::new(&program);
                official.args(["-m", "awslambdaric", handler]).env_clear().env("PYTHONPATH", &packages);
                let run = Scenario::new(file, source, handler).run_command(official);
                times[scripts.len() + 1].push(run.idle_after.unwrap());
            }
        }
        let names =
            scripts.iter().copied().chain(["Lambent's runtime until next", "AWS's client until next"]);
        for (name, mut times) in names.zip(times).filter(|(_, times)| !times.is_empty()) {
            times.sort();
            let ms = |at: usize| times[at].as_secs_f64() * 1e3;
            println!(
                "{identifier}  {name:30} {:6.1} {:6.1} {:6.1} ms (min, median, max of {ROUNDS})",
                ms(0),
                ms(ROUNDS / 2),
                ms(ROUNDS - 1)
            );
        }
    }
}
