//! `lambent invoke NAME`: the response on stdout, the log on stderr.

use super::{Context, End};
use crate::cli::InvokeArgs;
use crate::client::Answer;
use crate::client::functions::InvokeOptions;
use crate::failure::{Exit, Failure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use std::io::Read;

pub(super) async fn run(context: &Context, args: InvokeArgs) -> Result<(), End> {
    let client = context.client(&args.endpoint)?;
    let payload = payload(&args.payload)?;
    let options = InvokeOptions { qualifier: args.qualifier.as_deref(), event: args.event, tail: args.tail };
    let answer = client
        .invoke(&args.name, payload, options)
        .await
        .map_err(|error| error.failure(format!("invoke {}", args.name)))?;
    if args.event {
        let id = answer.header("x-amzn-requestid").unwrap_or_default();
        context.output.line(id)?;
        context.output.note(&format!("accepted; `lambent logs {} --follow` shows it run", args.name));
        return Ok(());
    }
    show(context, &answer)
}

fn show(context: &Context, answer: &Answer) -> Result<(), End> {
    if let Some(log) = answer.header("x-amz-log-result").and_then(|log| BASE64.decode(log).ok()) {
        context.output.note_bytes(&log);
    }
    context.output.data(&answer.body)?;
    if !answer.body.ends_with(b"\n") {
        context.output.data(b"\n")?;
    }
    match answer.header("x-amz-function-error") {
        Some(kind) => {
            context.output.note(&format!("the function failed ({kind})"));
            Err(End::Said(Exit::FunctionError))
        }
        None => Ok(()),
    }
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
