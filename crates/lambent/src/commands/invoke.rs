//! `lambent invoke NAME`: the response on stdout, the log on stderr; and what becomes of an event.

use super::event_text::{detail, state_name};
use super::run_log::last_run;
use super::waiting::{self, CtrlC, Waited};
use super::{Context, End};
use crate::cli::invoke::InvokeArgs;
use crate::client::functions::InvokeOptions;
use crate::client::{Answer, Client, ClientError};
use crate::failure::{Exit, Failure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use lambent_domain::time::Clock as _;
use lambent_engine::clock::SystemClock;
use std::io::Read;

pub(super) async fn run(context: &Context, args: InvokeArgs) -> Result<(), End> {
    let client = context.client(&args.endpoint)?;
    let extras = args.extras.headers();
    check(&args, !extras.is_empty())?;
    let payload = payload(&args.payload)?;
    let options = InvokeOptions {
        qualifier: args.qualifier.as_deref(),
        event: args.event,
        tail: args.tail && !args.event,
        extras: &extras,
    };
    let answer = client.invoke(&args.name, payload, options).await.map_err(|error| failure(&error, &args))?;
    if !args.event {
        return show(context, &answer);
    }
    let id = answer.header("x-amzn-requestid").unwrap_or_default();
    if args.wait {
        return until_it_is_over(context, &client, &args, id).await;
    }
    context.output.line(id)?;
    context.output.note(&format!("accepted; `lambent events show {id}` shows what becomes of it"));
    Ok(())
}

/// Refuses what only makes sense together.
fn check(args: &InvokeArgs, has_extras: bool) -> Result<(), Failure> {
    if args.event && args.tail && !args.wait {
        return Err(Failure::new(Exit::Usage, "show the log", "an event has no log before it has run")
            .hint("--wait waits until it has"));
    }
    if has_extras && !args.event {
        let cause = "keys, delays and priorities are for events only";
        return Err(Failure::new(Exit::Usage, "invoke", cause).hint("--event makes it one"));
    }
    Ok(())
}

fn failure(error: &ClientError, args: &InvokeArgs) -> Failure {
    let failure = error.failure(format!("invoke {}", args.name));
    match error {
        ClientError::Refused { kind, .. } if args.event && kind == "TooManyRequestsException" => {
            failure.hint(format!("`lambent events stats {}` shows what waits", args.name))
        }
        _ => failure,
    }
}

/// Waits for the end of the event, and shows it: its result on stdout, all else on stderr.
async fn until_it_is_over(
    context: &Context,
    client: &Client,
    args: &InvokeArgs,
    id: &str,
) -> Result<(), End> {
    let mut ctrl_c = CtrlC::listen()?;
    context.output.note(&format!("accepted as {id}"));
    let title = format!("event {id}");
    let event = match waiting::settled(context, client, &mut ctrl_c, id, None, &title).await? {
        Waited::Settled(event) => event,
        Waited::TimedOut(_) | Waited::Interrupted => return Err(waiting::interrupted(context, &[id])),
    };
    let detail = detail(&event, SystemClock.now());
    context.output.note(format!("{} {detail}", state_name(event.state)).trim_end());
    if let Some(run) = event.attempts.last() {
        let lines = match args.tail {
            true => log_lines(context, client, &args.name, id, run.started_at.as_millis()).await,
            false => None,
        };
        match lines {
            Some(lines) => lines.iter().for_each(|line| context.output.note(line)),
            None => context.output.note(&format!("log: {} {}", run.log.group, run.log.stream)),
        }
    }
    if event.result_kept {
        let result = client.event_result(id).await;
        let result = result.map_err(|error| error.failure(format!("read the result of the event {id}")))?;
        data_and_line_end(context, &result)?;
    }
    waiting::exit(event.state).map_or(Ok(()), |exit| Err(End::Said(exit)))
}

/// The last run's lines. A log that can't be read does not change how the event ended.
async fn log_lines(
    context: &Context,
    client: &Client,
    function: &str,
    id: &str,
    start_ms: u64,
) -> Option<Vec<String>> {
    match last_run(client, function, id, start_ms).await {
        Ok(lines) => lines,
        Err(error) => {
            context.output.note(&format!("the log can't be read: {error}"));
            None
        }
    }
}

fn show(context: &Context, answer: &Answer) -> Result<(), End> {
    if let Some(log) = answer.header("x-amz-log-result").and_then(|log| BASE64.decode(log).ok()) {
        context.output.note_bytes(&log);
    }
    data_and_line_end(context, &answer.body)?;
    match answer.header("x-amz-function-error") {
        Some(kind) => {
            context.output.note(&format!("the function failed ({kind})"));
            Err(End::Said(Exit::FunctionError))
        }
        None => Ok(()),
    }
}

fn data_and_line_end(context: &Context, data: &[u8]) -> Result<(), End> {
    context.output.data(data)?;
    if !data.ends_with(b"\n") {
        context.output.data(b"\n")?;
    }
    Ok(())
}

/// The event: as typed, from a file or from standard input. Whether it is JSON is for the server to say.
fn payload(argument: &str) -> Result<Bytes, Failure> {
    let most = u64::try_from(lambent_domain::limits::SYNCHRONOUS_REQUEST_BYTES_MAX).unwrap_or(u64::MAX);
    // One byte more than is taken, so that the server is the one who refuses it.
    let read = |source: &mut dyn Read, name: &str| {
        let mut bytes = Vec::new();
        match source.take(most.saturating_add(1)).read_to_end(&mut bytes) {
            Ok(_) => Ok(Bytes::from(bytes)),
            Err(error) => Err(Failure::failed(format!("read the payload from {name}"), error)),
        }
    };
    match (argument, argument.strip_prefix('@')) {
        ("-", _) => read(&mut std::io::stdin().lock(), "standard input"),
        (_, Some(path)) => {
            let mut file = std::fs::File::open(path)
                .map_err(|error| Failure::failed(format!("read the payload from {path}"), error))?;
            read(&mut file, path)
        }
        (text, None) => Ok(Bytes::copy_from_slice(text.as_bytes())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use clap::Parser;

    #[test]
    fn what_only_makes_sense_together_is_refused() {
        let checked = |arguments: &[&str]| {
            let cli = Cli::try_parse_from(["lambent", "invoke", "f"].iter().chain(arguments)).unwrap();
            let Command::Invoke(args) = cli.command else { panic!("not invoke") };
            check(&args, !args.extras.headers().is_empty()).map_err(|failure| failure.exit())
        };
        assert_eq!(checked(&["--tail"]), Ok(()));
        assert_eq!(checked(&["--event", "--wait", "--tail", "--delay", "1s"]), Ok(()));
        for wrong in [&["--event", "--tail"][..], &["--delay", "1s"], &["--priority", "high", "--tail"]] {
            assert_eq!(checked(wrong), Err(Exit::Usage), "{wrong:?}");
        }
    }

    #[test]
    fn a_payload_is_text_or_a_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("event.json");
        std::fs::write(&path, "[1]").unwrap();
        assert_eq!(payload(&format!("@{}", path.display())).unwrap(), "[1]");
        assert_eq!(payload("{\"a\":1}").unwrap(), "{\"a\":1}");
        let missing = payload("@/no/such").unwrap_err().to_string();
        assert!(missing.contains("from /no/such: "), "{missing}");
    }
}
