//! Doing something to events that were named, one after the other: what fails does not keep the others from it.

use super::super::{Context, End};
use crate::cli::events::IdsArgs;
use crate::client::ClientError;
use crate::failure::{Exit, Failure};

/// What became of one event, in a line; or why nothing did.
type Done = Result<String, Failure>;

/// `lambent events cancel`.
pub(super) async fn cancel(context: &Context, args: &IdsArgs) -> Result<(), End> {
    let client = context.client(&args.endpoint)?;
    let cancel = async |id: &str| {
        let cancelled = client.cancel_event(id).await;
        cancelled.map(|_| format!("{id}  cancelled")).map_err(|error| failure(&error, "cancel", id))
    };
    each(context, &args.ids, cancel).await
}

/// Does it to each, says what became of it, and ends with the first failure's code.
pub(super) async fn each(
    context: &Context,
    ids: &[String],
    act: impl AsyncFn(&str) -> Done,
) -> Result<(), End> {
    let mut first = None;
    for id in ids {
        match act(id).await {
            Ok(line) => context.output.line(&line)?,
            // Without a server the others fail as this one does.
            Err(failure) if failure.exit() == Exit::Unreachable => return Err(failure.into()),
            Err(failure) => {
                context.output.failure(&failure.to_string());
                first.get_or_insert(failure.exit());
            }
        }
    }
    first.map_or(Ok(()), |exit| Err(End::Said(exit)))
}

/// A refusal to do something to an event.
pub(super) fn failure(error: &ClientError, doing: &str, id: &str) -> Failure {
    let failure = error.failure(format!("{doing} the event {id}"));
    match error {
        ClientError::Refused { kind, .. } if kind == "ResourceConflictException" => {
            failure.hint(format!("`lambent events show {id}` shows what became of it"))
        }
        _ => failure,
    }
}
