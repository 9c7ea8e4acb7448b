//! What can be typed about asynchronous events and their retries.

use super::invoke::EventExtras;
use super::when::{self, When};
use super::{EndpointArgs, Format};
use clap::{Args, Subcommand, ValueEnum, ValueHint};
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Subcommand)]
pub(crate) enum EventsCommand {
    /// List events, newest first.
    #[command(after_help = "Examples:
  lambent events list hello --since 2h
  lambent events list --state failed --error ValueError
  lambent events list hello --dead-letters --limit 1000 --json")]
    List(ListArgs),
    /// Show one event: its state, every run, and what was sent because of its end.
    #[command(after_help = "Examples:
  lambent events show 0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d
  lambent events show 0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d --payload > event.json")]
    Show(ShowArgs),
    /// Wait until events are over; the exit code says how they ended.
    #[command(
        after_help = "Of several events the worst end counts: failed (7), then cancelled (8), then none in time (9).

Examples:
  lambent events wait 0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d --timeout 10m
  id=$(lambent invoke hello --event) && lambent events wait \"$id\""
    )]
    Wait(WaitArgs),
    /// Cancel events that wait, queued or delayed. One that runs is left alone.
    #[command(after_help = "Example:
  lambent events cancel 0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d")]
    Cancel(IdsArgs),
    /// Accept dead letters again, each as a new event.
    #[command(after_help = "Examples:
  lambent events redrive 0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d
  lambent events redrive --function hello --since 1d --error TimeoutError --per-second 20")]
    Redrive(RedriveArgs),
    /// Cancel every event of a function that waits, or drop its dead letters.
    #[command(after_help = "Examples:
  lambent events purge hello
  lambent events purge hello --dead-letters --yes")]
    Purge(PurgeArgs),
    /// Start no more events of a function; those that come are kept.
    #[command(after_help = "Example:
  lambent events pause hello")]
    Pause(QueueArgs),
    /// Start a paused function's events again.
    #[command(after_help = "Example:
  lambent events resume hello")]
    Resume(QueueArgs),
    /// Show how many events wait, by function.
    #[command(after_help = "Without a function: all of which events wait or run, and those that are paused.

Examples:
  lambent events stats
  lambent events stats hello --json")]
    Stats(StatsArgs),
    /// Send many events of one function: JSON lines, each line an event.
    #[command(
        after_help = "Prints the request id of every event that was accepted. The exit code is 5 if one was refused.

Examples:
  lambent events send hello events.jsonl
  generate-events | lambent events send hello - --refused again.jsonl > ids.txt"
    )]
    Send(SendArgs),
}

/// How an answer is printed.
#[derive(Debug, Args)]
pub(crate) struct FormatArgs {
    /// How the answer looks.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    output: Format,
    /// The same as --output json.
    #[arg(long, conflicts_with = "output")]
    json: bool,
}

impl FormatArgs {
    pub(crate) fn format(&self) -> Format {
        if self.json { Format::Json } else { self.output }
    }
}

/// An event's state, as typed and as the API has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StateArg {
    /// Ready to run.
    Queued,
    /// Waiting for its time or its next run.
    Delayed,
    /// Running now.
    Running,
    /// The function returned.
    Succeeded,
    /// Given up.
    Failed,
    /// Taken out by its owner, or its function was deleted.
    Cancelled,
}

/// When events were accepted.
#[derive(Debug, Default, Args)]
pub(crate) struct AcceptedArgs {
    /// Only events accepted since then: how long ago (2h) or an instant (2026-11-28T08:00:00Z).
    #[arg(long, value_name = "WHEN", value_parser = when::when)]
    pub(crate) since: Option<When>,
    /// Only events accepted before then.
    #[arg(long, value_name = "WHEN", value_parser = when::when)]
    pub(crate) until: Option<When>,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// The function's name [default: all functions]
    pub(crate) function: Option<String>,
    /// Only events in this state.
    #[arg(long, value_enum)]
    pub(crate) state: Option<StateArg>,
    #[command(flatten)]
    pub(crate) accepted: AcceptedArgs,
    /// Only events whose last error's type or message contains this, whatever its case.
    #[arg(long, value_name = "TEXT")]
    pub(crate) error: Option<String>,
    /// Only events of the dead-letter list: failed, kept, and to be redriven.
    #[arg(long)]
    pub(crate) dead_letters: bool,
    /// How many events at most.
    #[arg(long, value_name = "NUMBER", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The event's request id.
    pub(crate) id: String,
    /// Write the event itself to stdout, byte for byte, and nothing else.
    #[arg(long, conflicts_with_all = ["result", "output", "json"])]
    pub(crate) payload: bool,
    /// Write what the function returned to stdout, byte for byte, and nothing else; only if results are kept.
    #[arg(long, conflicts_with_all = ["output", "json"])]
    pub(crate) result: bool,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}

#[derive(Debug, Args)]
pub(crate) struct WaitArgs {
    /// The events' request ids.
    #[arg(required = true, value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// How long to wait at most, for all of them [default: until they are over]
    #[arg(long, value_name = "SPAN", value_parser = when::span)]
    pub(crate) timeout: Option<Duration>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}

#[derive(Debug, Args)]
pub(crate) struct IdsArgs {
    /// The events' request ids.
    #[arg(required = true, value_name = "ID")]
    pub(crate) ids: Vec<String>,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("which").required(true).multiple(true).args(["ids", "function", "all"]))]
pub(crate) struct RedriveArgs {
    /// The events' request ids.
    #[arg(value_name = "ID", conflicts_with_all = ["function", "all", "since", "until", "error", "per_second"])]
    pub(crate) ids: Vec<String>,
    /// All dead letters of this function.
    #[arg(long, conflicts_with = "all")]
    pub(crate) function: Option<String>,
    /// The dead letters of all functions.
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) accepted: AcceptedArgs,
    /// Only events whose last error's type or message contains this, whatever its case.
    #[arg(long, value_name = "TEXT")]
    pub(crate) error: Option<String>,
    /// How many events a second at most [default: 100]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) per_second: Option<u32>,
    /// Don't ask. Needed where nobody can be asked.
    #[arg(long, short)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PurgeArgs {
    /// The function's name.
    pub(crate) function: String,
    /// Drop its dead letters for good, and leave what waits.
    #[arg(long)]
    pub(crate) dead_letters: bool,
    /// Don't ask. Needed where nobody can be asked.
    #[arg(long, short)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}

#[derive(Debug, Args)]
pub(crate) struct QueueArgs {
    /// The function's name.
    pub(crate) function: String,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}

#[derive(Debug, Args)]
pub(crate) struct StatsArgs {
    /// The function's name.
    pub(crate) function: Option<String>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SendArgs {
    /// The function's name.
    pub(crate) function: String,
    /// A file of JSON lines, or - for standard input.
    #[arg(default_value = "-", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// A version or an alias.
    #[arg(long)]
    pub(crate) qualifier: Option<String>,
    /// Write the lines that were refused to this file, to send them again.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) refused: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) extras: EventExtras,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}
