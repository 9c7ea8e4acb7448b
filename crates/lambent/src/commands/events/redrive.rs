//! `lambent events redrive`: dead letters become new events, those that were named or all that fit a filter.

use super::super::spinner::Spinner;
use super::super::waiting::CtrlC;
use super::super::{Context, End};
use super::{act, agree, count};
use crate::cli::events::RedriveArgs;
use crate::client::Client;
use crate::client::events::RedriveQuery;
use crate::failure::{Exit, Failure};
use lambent_domain::time::Clock as _;
use lambent_engine::clock::SystemClock;

pub(super) async fn run(context: &Context, args: &RedriveArgs) -> Result<(), End> {
    let client = context.client(&args.endpoint)?;
    if args.ids.is_empty() {
        return all(context, &client, args).await;
    }
    let redrive = async |id: &str| {
        let redriven = client.redrive_event(id).await;
        redriven.map_err(|error| act::failure(&error, "redrive", id))
    };
    act::each(context, &args.ids, redrive).await
}

async fn all(context: &Context, client: &Client, args: &RedriveArgs) -> Result<(), End> {
    let whose = args.function.as_deref().map_or("of all functions".to_owned(), |name| format!("of {name}"));
    let doing = format!("redrive the dead letters {whose}");
    let question = match known_number(client, args).await {
        Some(number) => format!("Run {} {whose} again?", count(number, "dead letter")),
        None => format!("Run the dead letters {whose}{} again?", narrowed(args)),
    };
    agree(context, args.yes, &doing, &question)?;

    let now = SystemClock.now();
    let mut wanted = RedriveQuery {
        function: args.function.as_deref(),
        accepted_from: args.accepted.since.map(|since| since.at(now)),
        // What fails again while this goes on is not for this redrive.
        accepted_before: Some(args.accepted.until.map_or(now, |until| until.at(now))),
        error: args.error.as_deref(),
        per_second: args.per_second,
        before: None,
    };
    let mut total = Total::default();
    let mut ctrl_c = CtrlC::listen()?;
    let ended = tokio::select! {
        biased;
        () = ctrl_c.pressed() => None,
        ended = repeat(context, client, &mut wanted, &mut total) => Some(ended),
    };
    context.output.line(&total.text())?;
    match ended {
        None => {
            context.output.note(
                "stopped; the rest stays in the dead-letter list, and the same command goes on with it",
            );
            Err(End::Said(Exit::Interrupted))
        }
        Some(Err(error)) => Err(error.failure(doing).into()),
        Some(Ok(())) if total.failed > 0 => Err(Failure::failed(doing, "some could not be accepted again")
            .hint("they are still in the dead-letter list: `lambent events list --dead-letters`")
            .into()),
        Some(Ok(())) => Ok(()),
    }
}

/// Asks again as long as there is more: one request works for some seconds.
async fn repeat(
    context: &Context,
    client: &Client,
    wanted: &mut RedriveQuery<'_>,
    total: &mut Total,
) -> Result<(), crate::client::ClientError> {
    let spinner = Spinner::new(context.output, "redriving");
    loop {
        let part = client.redrive_events(wanted).await?;
        total.redriven = total.redriven.saturating_add(part.redriven);
        total.failed = total.failed.saturating_add(part.failed);
        spinner.say(format!("redriving: {}", total.text()));
        let Some(next) = part.next else { return Ok(()) };
        if wanted.before.as_ref() == Some(&next) && part.redriven == 0 {
            return Err(client.senseless("the redrive does not go on"));
        }
        wanted.before = Some(next);
    }
}

#[derive(Debug, Default)]
struct Total {
    redriven: u64,
    failed: u64,
}

impl Total {
    fn text(&self) -> String {
        let failed = if self.failed == 0 { String::new() } else { format!(", {} refused", self.failed) };
        format!("{} redriven{failed}", count(self.redriven, "event"))
    }
}

/// How many dead letters are meant, where somebody counts them: those of one function, all of them.
async fn known_number(client: &Client, args: &RedriveArgs) -> Option<u64> {
    let function = args.function.as_deref().filter(|_| !args.yes && narrowed(args).is_empty())?;
    client.queue(function).await.ok()?.dead_letters
}

fn narrowed(args: &RedriveArgs) -> &'static str {
    let any = args.accepted.since.is_some() || args.accepted.until.is_some() || args.error.is_some();
    if any { " that fit" } else { "" }
}
