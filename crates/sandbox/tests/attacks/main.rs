//! Attacks on the sandbox by real programs inside it, as root and as an ordinary user.
//!
//! This binary is three things, told apart by its first argument: the test runner; a sandbox's own first process
//! (`sandbox-init`); and, below `/var/task/attack`, the attacker that makes forbidden system calls. It needs a
//! main of its own for that. Under a server that is root every test runs twice, the second time re-executed as
//! an ordinary user; under an ordinary user the first kind is reported as ignored, never as passed.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test; the lints' exemption does not reach a harness of one's own"
)]

mod attacker;
mod doomed;
mod files;
mod host;
mod kernel;
mod lifetime;
mod limits;
mod network;
mod plain;
mod processes;
mod programs;
mod seat;
mod world;

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, Stdio};

use libtest_mimic::{Arguments, Failed, Trial};
use world::World;

/// A test: builds what it needs in a world of its own and panics if a promise is broken.
type Attack = fn(&World);

/// An id that belongs to nobody.
const ORDINARY_USER: u32 = 65_533;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("sandbox-init") => lambent_sandbox::sandbox_init_main(),
        Some("attack") => attacker::attack(&arguments[2..]),
        Some("as-ordinary-user") => {
            let (_, attack) =
                all().into_iter().find(|(name, _)| *name == arguments[2]).expect("a known test");
            attack(&World::new());
            ExitCode::SUCCESS
        }
        Some("doomed-server") => doomed::doomed_server(),
        Some("building-server") => doomed::building_server(),
        _ => libtest_mimic::run(&Arguments::from_args(), trials()).exit_code(),
    }
}

fn all() -> Vec<(&'static str, Attack)> {
    [
        doomed::ATTACKS,
        files::ATTACKS,
        host::ATTACKS,
        kernel::ATTACKS,
        lifetime::ATTACKS,
        limits::ATTACKS,
        network::ATTACKS,
        plain::ATTACKS,
        processes::ATTACKS,
        programs::ATTACKS,
        seat::ATTACKS,
    ]
    .concat()
}

fn trials() -> Vec<Trial> {
    let is_root = rustix::process::geteuid().is_root();
    let mut trials = Vec::new();
    for (name, attack) in all() {
        if is_root {
            trials.push(Trial::test(format!("user::{name}"), move || as_ordinary_user(name)));
        } else {
            eprintln!("SKIPPED root::{name}: not root");
        }
        let (kind, skipped) = if is_root { ("root", false) } else { ("user", false) };
        let run = move || {
            attack(&World::new());
            Ok(())
        };
        trials.push(Trial::test(format!("{kind}::{name}"), run).with_ignored_flag(skipped));
        if !is_root {
            trials.push(
                Trial::test(format!("root::{name}"), || Err("needs root".into())).with_ignored_flag(true),
            );
        }
    }
    trials
}

/// Runs one test in a process without any right. `/proc/self/exe` works even if the directories on the way to
/// this binary are closed to that user.
fn as_ordinary_user(name: &str) -> Result<(), Failed> {
    let output = Command::new("/proc/self/exe")
        .args(["as-ordinary-user", name])
        .uid(ORDINARY_USER)
        .gid(ORDINARY_USER)
        .env_remove("TMPDIR")
        .current_dir("/")
        .stdin(Stdio::null())
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("as an ordinary user: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)).into())
}
