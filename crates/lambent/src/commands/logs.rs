//! `lambent logs NAME`: what a function has logged, oldest first; with `--follow`, what it will.

use super::{Context, End};
use crate::cli::LogsArgs;
use crate::client::ClientError;
use crate::client::logs::LogReader;
use lambent_domain::time::Clock as _;
use lambent_engine::clock::SystemClock;
use std::time::Duration;

/// How often a followed log is looked at.
const FOLLOW_INTERVAL: Duration = Duration::from_millis(500);

pub(super) async fn run(context: &Context, args: LogsArgs) -> Result<(), End> {
    let client = context.client(&args.endpoint)?;
    let failed = |error: ClientError| error.failure(format!("read the logs of {}", args.name));
    let function = bare_name(&args.name);
    let since_ms = u64::try_from(args.since.as_millis()).unwrap_or(u64::MAX);
    let start_ms = SystemClock.now().as_millis().saturating_sub(since_ms);
    let mut reader = LogReader::new(format!("/aws/lambda/{function}"), start_ms);
    loop {
        let more = match reader.next(&client).await {
            Ok((events, more)) => {
                for event in events {
                    context.output.line(event.message.trim_end_matches(['\n', '\r']))?;
                }
                more
            }
            // A function that has not run has no log yet; one that is not there never will.
            Err(error) if error.is_not_found() => {
                client.function(&args.name).await.map_err(failed)?;
                if !args.follow {
                    context.output.note(&format!("{function} has logged nothing yet"));
                }
                false
            }
            Err(error) => return Err(failed(error).into()),
        };
        match (more, args.follow) {
            (true, _) => {}
            (false, true) => tokio::time::sleep(FOLLOW_INTERVAL).await,
            (false, false) => return Ok(()),
        }
    }
}

/// The name in a name, a partial ARN or an ARN, which is what the log group is called by.
pub(super) fn bare_name(name: &str) -> &str {
    match name.split_once("function:") {
        Some((_, rest)) => rest.split(':').next().unwrap_or(rest),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(bare_name("f"), "f");
        assert_eq!(bare_name("arn:aws:lambda:us-east-1:000000000000:function:f:live"), "f");
        assert_eq!(bare_name("000000000000:function:f"), "f");
    }
}
