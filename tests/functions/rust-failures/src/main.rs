//! A function that fails in every way there is, as the event asks. Its twins are `python/failures.py` and
//! `node/failures.mjs`.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Runs since this process began.
static RUNS: AtomicU64 = AtomicU64::new(0);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(handle)).await
}

async fn handle(call: LambdaEvent<Value>) -> Result<Value, Error> {
    let runs = RUNS.fetch_add(1, Ordering::Relaxed) + 1;
    let event = call.payload;
    let number = |name: &str| event[name].as_u64().unwrap_or_default();
    match event["do"].as_str().unwrap_or_default() {
        "mark" => std::fs::write("/tmp/mark", "")?,
        "raise" => return Err("as asked".into()),
        "exit" => std::process::exit(number("code") as i32),
        "kill" => {
            // No crate for one signal: the shell of every system has it.
            std::process::Command::new("/bin/sh").args(["-c", "kill -9 $PPID"]).status()?;
            std::thread::park();
        }
        "allocate" => allocate(),
        "sleep" => std::thread::sleep(Duration::from_secs(60)),
        "answer" => return Ok(Value::String("a".repeat(number("bytes") as usize - 2))),
        "log" => (0..number("lines")).for_each(|line| println!("line {line}")),
        "rubbish" => rubbish()?,
        _ => {}
    }
    Ok(json!({ "runs": runs, "marked": Path::new("/tmp/mark").exists() }))
}

/// Until somebody stops it. Filled with ones, because pages of zeroes are not there until they are written.
fn allocate() {
    let mut held = Vec::new();
    loop {
        held.push(vec![1_u8; 16 << 20]);
        std::hint::black_box(&held);
    }
}

/// Every byte there is, twice over, and a line that can be read.
fn rubbish() -> std::io::Result<()> {
    let bytes: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
    let mut out = std::io::stdout().lock();
    out.write_all(&bytes)?;
    out.write_all(b"\nafter the rubbish\n")?;
    out.flush()
}
