//! `lambent retry-policy`: how often and when a function's failed events are tried again.

use super::event_text::span;
use super::keys::json;
use super::{Context, End};
use crate::cli::Format;
use crate::cli::retry_policy::{RetryPolicyCommand, SetArgs};
use crate::client::retry_policy::{ErrorRule, RetryPolicy};
use crate::output::table;
use std::time::Duration;

pub(super) async fn run(context: &Context, command: RetryPolicyCommand) -> Result<(), End> {
    match command {
        RetryPolicyCommand::Get { function, format, endpoint } => {
            let client = context.client(&endpoint)?;
            let policy = client.retry_policy(&function).await.map_err(|error| {
                let failure = error.failure(format!("read the retry policy of {function}"));
                let none = "without one AWS's rule holds: `aws lambda get-function-event-invoke-config`";
                if error.is_not_found() { failure.hint(none) } else { failure }
            })?;
            print(context, &policy, format.format())
        }
        RetryPolicyCommand::Set(args) => {
            let client = context.client(&args.endpoint)?;
            let policy = client.put_retry_policy(&args.function, &typed(&args)).await;
            let policy = policy
                .map_err(|error| error.failure(format!("set the retry policy of {}", args.function)))?;
            print(context, &policy, Format::Table)
        }
        RetryPolicyCommand::Delete { function, endpoint } => {
            let client = context.client(&endpoint)?;
            let deleted = client.delete_retry_policy(&function).await;
            deleted.map_err(|error| error.failure(format!("delete the retry policy of {function}")))?;
            context
                .output
                .note(&format!("{function} has no retry policy of its own any more; AWS's rule holds"));
            Ok(())
        }
    }
}

fn typed(args: &SetArgs) -> RetryPolicy {
    let seconds = |span: Option<Duration>| span.map(|span| span.as_secs_f64());
    let rule = |(error_type, attempts): &(String, u32)| ErrorRule {
        error_type: error_type.clone(),
        maximum_attempts: *attempts,
    };
    RetryPolicy {
        maximum_attempts: args.attempts,
        initial_seconds: seconds(args.initial),
        multiplier: args.multiplier,
        maximum_seconds: seconds(args.max),
        jitter: args.jitter,
        errors: args.errors.iter().map(rule).collect(),
    }
}

fn print(context: &Context, policy: &RetryPolicy, format: Format) -> Result<(), End> {
    let text = match format {
        Format::Json => json(policy)?,
        Format::Table => as_text(policy),
    };
    Ok(context.output.data(text.as_bytes())?)
}

fn as_text(policy: &RetryPolicy) -> String {
    let runs = |number: u32| if number == 1 { "1 run".to_owned() } else { format!("{number} runs") };
    let seconds = |seconds: f64| Duration::try_from_secs_f64(seconds).map(span).ok();
    let all = [
        ("Attempts", Some(runs(policy.maximum_attempts))),
        ("Initial pause", policy.initial_seconds.and_then(seconds)),
        ("Multiplier", policy.multiplier.map(|factor| factor.to_string())),
        ("Longest pause", policy.maximum_seconds.and_then(seconds)),
        ("Jitter", policy.jitter.map(|share| share.to_string())),
    ];
    let all = all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let rules =
        policy.errors.iter().map(|rule| (format!("After {}", rule.error_type), runs(rule.maximum_attempts)));
    let rows: Vec<Vec<String>> = all.chain(rules).map(|(name, value)| vec![name, value]).collect();
    table(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use clap::Parser;

    fn policy(arguments: &[&str]) -> RetryPolicy {
        let cli =
            Cli::try_parse_from(["lambent", "retry-policy", "set", "f"].iter().chain(arguments)).unwrap();
        let Command::RetryPolicy(RetryPolicyCommand::Set(args)) = cli.command else { panic!("not set") };
        typed(&args)
    }

    #[test]
    fn only_what_is_typed_is_sent() {
        let text = |arguments: &[&str]| serde_json::to_string(&policy(arguments)).unwrap();
        assert_eq!(text(&["--attempts", "5"]), r#"{"maximumAttempts":5}"#);
        let all =
            ["--attempts", "5", "--initial", "10s", "--multiplier", "1.5", "--max", "1h", "--jitter", "0.2"];
        let all = [&all[..], &["--error", "Name*=1", "--error", "B=2"]].concat();
        assert_eq!(
            text(&all),
            r#"{"maximumAttempts":5,"initialSeconds":10.0,"multiplier":1.5,"maximumSeconds":3600.0,"jitter":0.2,"errors":[{"errorType":"Name*","maximumAttempts":1},{"errorType":"B","maximumAttempts":2}]}"#
        );
    }

    #[test]
    fn a_policy_reads_as_a_list() {
        let policy =
            policy(&["--attempts", "5", "--initial", "90s", "--jitter", "0.2", "--error", "Name*=1"]);
        assert_eq!(
            as_text(&policy),
            "Attempts       5 runs\nInitial pause  1m30s\nJitter         0.2\nAfter Name*    1 run\n"
        );
    }
}
