//! What can be typed about an invocation.

use super::{EndpointArgs, when};
use clap::{Args, ValueEnum};
use lambent_domain::time::Timestamp;
use std::time::Duration;

pub(super) const EXAMPLES: &str = "Examples:
  lambent invoke hello --payload '{\"name\": \"world\"}' --tail
  lambent invoke hello --event --payload @event.json
  lambent invoke hello --event --wait --tail
  lambent invoke hello --event --delay 30s --idempotency-key order-17";

/// The header of a sender's own name for an event.
pub(crate) const IDEMPOTENCY_KEY: &str = "x-lambent-idempotency-key";

#[derive(Debug, Args)]
pub(crate) struct InvokeArgs {
    /// The function's name or ARN.
    pub(crate) name: String,
    /// The event: JSON, @FILE, or - for standard input [default: {}]
    #[arg(long, value_name = "JSON", default_value = "{}", hide_default_value = true)]
    pub(crate) payload: String,
    /// Hand it over as an asynchronous event and print its request id, instead of waiting for the answer.
    #[arg(long)]
    pub(crate) event: bool,
    /// Wait until the event is over, print its result if results are kept, and end with a code that says how it
    /// ended. Ctrl-C leaves the event to itself.
    #[arg(long, requires = "event")]
    pub(crate) wait: bool,
    /// Print the invocation's log on stderr: the last 4 KB of it; with --wait, the last run's lines.
    #[arg(long)]
    pub(crate) tail: bool,
    /// A version or an alias.
    #[arg(long)]
    pub(crate) qualifier: Option<String>,
    #[command(flatten)]
    pub(crate) extras: EventExtras,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}

/// What only events can have. Lambent's own.
#[derive(Debug, Default, Args)]
pub(crate) struct EventExtras {
    /// Your own name for it: sent again under the same key it is not accepted again, but answered with the first one's
    /// request id.
    #[arg(long, value_name = "KEY")]
    pub(crate) idempotency_key: Option<String>,
    /// How long the key is remembered: 10m, 2h, 1d.
    #[arg(long, value_name = "SPAN", requires = "idempotency_key", value_parser = when::span)]
    pub(crate) idempotency_window: Option<Duration>,
    /// Run it so much later, such as 30s.
    #[arg(long, value_name = "SPAN", conflicts_with = "not_before", value_parser = when::span)]
    pub(crate) delay: Option<Duration>,
    /// Run it then, such as 2026-11-28T08:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = when::instant)]
    pub(crate) not_before: Option<Timestamp>,
    /// Whether it goes ahead of the function's other events.
    #[arg(long, value_enum)]
    pub(crate) priority: Option<PriorityArg>,
}

/// An event's priority, as typed and as the header has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PriorityArg {
    /// In the order of acceptance.
    Normal,
    /// Ahead of the normal ones.
    High,
}

impl EventExtras {
    /// The request's headers that say all this.
    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        let seconds = |span: Duration| span.as_secs().to_string();
        let priority = |priority| match priority {
            PriorityArg::Normal => "normal".to_owned(),
            PriorityArg::High => "high".to_owned(),
        };
        let all = [
            (IDEMPOTENCY_KEY, self.idempotency_key.clone()),
            ("x-lambent-idempotency-window-seconds", self.idempotency_window.map(seconds)),
            ("x-lambent-delay-seconds", self.delay.map(seconds)),
            ("x-lambent-not-before", self.not_before.map(when::rfc_3339)),
            ("x-lambent-priority", self.priority.map(priority)),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::{Cli, Command};
    use clap::Parser;

    fn headers(arguments: &[&str]) -> Result<Vec<(&'static str, String)>, clap::Error> {
        let cli = Cli::try_parse_from(["lambent", "invoke", "f"].iter().chain(arguments))?;
        let Command::Invoke(args) = cli.command else { panic!("not invoke") };
        Ok(args.extras.headers())
    }

    #[test]
    fn what_is_typed_of_an_event_becomes_headers() {
        assert_eq!(headers(&["--event"]).unwrap(), []);
        let all = ["--event", "--idempotency-key", "k", "--idempotency-window", "2h", "--delay", "1m"];
        let expected = [
            ("x-lambent-idempotency-key", "k"),
            ("x-lambent-idempotency-window-seconds", "7200"),
            ("x-lambent-delay-seconds", "60"),
        ];
        assert_eq!(headers(&all).unwrap(), expected.map(|(name, value)| (name, value.to_owned())));
        let then = ["--event", "--not-before", "2026-11-28T08:00:00Z", "--priority", "high"];
        let expected = [("x-lambent-not-before", "2026-11-28T08:00:00Z"), ("x-lambent-priority", "high")];
        assert_eq!(headers(&then).unwrap(), expected.map(|(name, value)| (name, value.to_owned())));
    }

    #[test]
    fn what_makes_no_sense_together_is_refused() {
        for wrong in [
            &["--wait"][..],
            &["--event", "--idempotency-window", "1s"],
            &["--event", "--delay", "1s", "--not-before", "2026-11-28T08:00:00Z"],
            &["--event", "--delay", "soon"],
        ] {
            assert!(headers(wrong).is_err(), "{wrong:?}");
        }
    }
}
