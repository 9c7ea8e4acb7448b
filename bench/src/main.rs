//! `cargo xtask bench`: measures the release binary beside its limits, in one run.
//!
//! On a machine that others use too a figure alone says little, so everything is measured next to the
//! least that any server would have to do, round by round in turns, and the ratios are what counts. The
//! aims are written next to them. Load goes to the loopback of this machine only.
//!
//! ```text
//! main ─▶ sections/*  ─▶ load, wire      the generator: closed loop, ready-made requests
//!              │      └▶ lambent         the real binary on a new data directory
//!              │      └▶ limits/*        this program again, as a bare server
//!              ▼
//!           report                       a table for people, JSON for programs
//! ```

mod arguments;
mod failure;
mod figures;
mod lambent;
mod limits;
mod load;
mod package;
mod process;
mod programs;
mod report;
mod sections;
mod signer;
mod stage;
mod wire;

use arguments::Arguments;
use clap::Parser as _;
use failure::Failure;
use report::Report;
use sections::Section;
use stage::Stage;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

#[expect(clippy::print_stderr, reason = "a command for a person at a terminal")]
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.role {
        Some(limit) => limit.run(),
        None => measure(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &Arguments) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|cause| Failure::at("start tokio", cause))?;
    runtime.block_on(async {
        tokio::select! {
            result = measure_all(arguments) => result,
            // What was under way is dropped, and with it every process and directory of ours.
            result = told_to_stop() => result,
        }
    })
}

async fn told_to_stop() -> Result<(), Failure> {
    let on = |kind| signal(kind).map_err(|cause| Failure::at("listen for signals", cause));
    let (mut interrupt, mut terminate) = (on(SignalKind::interrupt())?, on(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Err(Failure::new("stopped by a signal"))
}

async fn measure_all(arguments: &Arguments) -> Result<(), Failure> {
    let stage = Stage::set(arguments).await?;
    let mut report = Report::begin(stage.mode)?;
    for section in Section::chosen(arguments.only) {
        report.add(section.measure(&stage).await?)?;
        // After each section, so that a failure in a later one loses nothing.
        report.save(&stage.directory.join("latest.json"))?;
    }
    Ok(())
}
