//! The server's own log, on stderr: lines for people, or JSON.

use crate::config::logs::{Format, Logs};
use crate::output::Output;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// Crates that speak of themselves. What they say below a warning is noise to whoever runs functions.
const QUIET: [&str; 3] = ["hyper", "hyper_util", "fjall"];

/// Begins to write the log. Does nothing where one is being written already, as in a test.
pub(crate) fn start(logs: &Logs, output: Output) {
    let mut filter = EnvFilter::default().add_directive(logs.level.into());
    for name in QUIET {
        if let Ok(directive) = format!("{name}=warn").parse() {
            filter = filter.add_directive(directive);
        }
    }
    // Who did what is written however little else is.
    if LevelFilter::from(logs.level) < LevelFilter::INFO
        && let Ok(trail) = format!("{}=info", lambent_api::authorization::TRAIL).parse()
    {
        filter = filter.add_directive(trail);
    }
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(output.colours_stderr())
        .with_target(false);
    let started = match logs.format {
        Format::Text => subscriber.try_init(),
        Format::Json => subscriber.json().flatten_event(true).with_target(true).try_init(),
    };
    if let Err(error) = started {
        tracing::debug!(%error, "a log is being written already");
    }
}
