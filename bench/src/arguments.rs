//! What can be typed.

use crate::limits::Limit;
use crate::sections::Section;
use clap::Parser;
use std::path::PathBuf;
use std::time::Duration;

/// Measures Lambent beside its limits, in one run.
#[derive(Debug, Parser)]
#[command(name = "lambent-bench", args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) role: Option<Limit>,
    /// Under two minutes, for a look.
    #[arg(long, conflicts_with = "long")]
    quick: bool,
    /// With 1,000,000 queued events.
    #[arg(long)]
    long: bool,
    /// Only this part.
    #[arg(long, value_enum)]
    pub(crate) only: Option<Section>,
    /// The server's release binary [default: beside this program]
    #[arg(long, env = "LAMBENT_BENCH_SERVER", value_name = "FILE")]
    pub(crate) server: Option<PathBuf>,
    /// The native function: examples/functions/rust-hello, built as a release
    #[arg(long, env = "LAMBENT_BENCH_NATIVE", value_name = "FILE")]
    pub(crate) native: Option<PathBuf>,
}

impl Arguments {
    pub(crate) fn mode(&self) -> Mode {
        match (self.quick, self.long) {
            (true, _) => Mode::Quick,
            (false, true) => Mode::Long,
            (false, false) => Mode::Default,
        }
    }
}

/// How much is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Mode {
    Quick,
    Default,
    Long,
}

impl Mode {
    /// Contestants take turns this often.
    pub(crate) fn rounds(self) -> usize {
        3
    }

    /// How long each is measured in its turn.
    pub(crate) fn window(self) -> Duration {
        Duration::from_millis(if self == Self::Quick { 1_000 } else { 3_000 })
    }

    pub(crate) fn warm_up(self) -> Duration {
        Duration::from_millis(if self == Self::Quick { 300 } else { 800 })
    }

    /// Of `usual` things this many.
    pub(crate) fn scaled(self, usual: u64) -> u64 {
        if self == Self::Quick { usual / 8 } else { usual }
    }

    /// Events to queue for the memory figure.
    pub(crate) fn backlog(self) -> Option<u64> {
        (self == Self::Long).then_some(1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_tree_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_look_and_a_long_run_exclude_each_other() {
        let mode = |typed: &[&str]| {
            Arguments::try_parse_from([&["lambent-bench"], typed].concat()).map(|arguments| arguments.mode())
        };
        assert_eq!(mode(&[]).unwrap(), Mode::Default);
        assert_eq!(mode(&["--long", "--only", "memory"]).unwrap(), Mode::Long);
        assert!(mode(&["--long", "--quick"]).is_err());
    }
}
