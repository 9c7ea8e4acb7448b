//! What can be typed about a function's retry policy.

use super::events::FormatArgs;
use super::{EndpointArgs, when};
use clap::{Args, Subcommand};
use std::time::Duration;

#[derive(Debug, Subcommand)]
pub(crate) enum RetryPolicyCommand {
    /// Print a function's retry policy.
    Get {
        /// The function's name.
        function: String,
        #[command(flatten)]
        format: FormatArgs,
        #[command(flatten)]
        endpoint: EndpointArgs,
    },
    /// Give a function a retry policy in the place of the one it has.
    #[command(
        after_help = "Example: ten runs, the pauses 10 s, 20 s, 40 s and so on up to an hour; a ValidationError is
not tried again.
  lambent retry-policy set hello --attempts 10 --initial 10s --max 1h --error 'ValidationError=1'"
    )]
    Set(SetArgs),
    /// Take a function's retry policy away: AWS's rule holds again.
    Delete {
        /// The function's name.
        function: String,
        #[command(flatten)]
        endpoint: EndpointArgs,
    },
}

#[derive(Debug, Args)]
pub(crate) struct SetArgs {
    /// The function's name.
    pub(crate) function: String,
    /// Runs of an event at most, the first included: 1 to 100.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) attempts: u32,
    /// The pause after the first run [default: 60s]
    #[arg(long, value_name = "SPAN", value_parser = when::span)]
    pub(crate) initial: Option<Duration>,
    /// What each pause is multiplied with to give the next [default: 2]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) multiplier: Option<f64>,
    /// The longest pause [default: 1h]
    #[arg(long, value_name = "SPAN", value_parser = when::span)]
    pub(crate) max: Option<Duration>,
    /// Which share of a pause is left to chance, 0 to 1 [default: 0]
    #[arg(long, value_name = "SHARE")]
    pub(crate) jitter: Option<f64>,
    /// Runs at most when the last one failed with this type of error; * at its end stands for anything. May be
    /// repeated; the first that fits counts.
    #[arg(long = "error", value_name = "TYPE=NUMBER", value_parser = rule)]
    pub(crate) errors: Vec<(String, u32)>,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}

fn rule(text: &str) -> Result<(String, u32), String> {
    let rule = text.rsplit_once('=').and_then(|(name, number)| Some((name, number.parse().ok()?)));
    match rule {
        Some((name, number)) if !name.is_empty() => Ok((name.to_owned(), number)),
        _ => Err("expected a type of error and a number of runs, such as ValueError=1".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::rule;

    #[test]
    fn a_rule_is_a_type_and_a_number() {
        assert_eq!(rule("Value*=3"), Ok(("Value*".to_owned(), 3)));
        assert_eq!(rule("A=B=1"), Ok(("A=B".to_owned(), 1)));
        for wrong in ["", "A", "=1", "A=", "A=-1", "A=x"] {
            assert!(rule(wrong).is_err(), "{wrong}");
        }
    }
}
