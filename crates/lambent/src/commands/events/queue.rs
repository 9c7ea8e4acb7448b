//! A function's queue as a whole: emptied, paused, resumed, counted.

use super::super::keys::json;
use super::super::spinner::Spinner;
use super::super::{Context, End};
use super::{agree, count};
use crate::cli::Format;
use crate::cli::events::{PurgeArgs, QueueArgs, StatsArgs};
use crate::client::events::{Purge, QueueSummary};
use crate::client::{Client, ClientError};
use crate::failure::Failure;
use crate::output::table;

/// `lambent events purge`.
pub(super) async fn purge(context: &Context, args: &PurgeArgs) -> Result<(), End> {
    let client = context.client(&args.endpoint)?;
    let function = &args.function;
    let what = if args.dead_letters { Purge::DeadLetters } else { Purge::Waiting };
    let doing = format!("purge the events of {function}");
    if !args.yes {
        let waits = client.queue(function).await.map_err(|error| error.failure(&doing))?;
        agree(context, false, &doing, &question(&waits, what))?;
    }
    let purged = client.purge(function, what).await.map_err(|error| error.failure(&doing))?;
    let ended = match what {
        Purge::Waiting => format!("{} cancelled", count(purged, "event")),
        Purge::DeadLetters => format!("{} dropped", count(purged, "dead letter")),
    };
    Ok(context.output.line(&ended)?)
}

fn question(waits: &QueueSummary, what: Purge) -> String {
    let function = &waits.function;
    match what {
        Purge::Waiting => {
            let waiting = waits.queued.saturating_add(waits.delayed);
            format!("Cancel {} of {function} for good?", count(waiting, "event"))
        }
        Purge::DeadLetters => match waits.dead_letters {
            Some(number) => format!("Drop {} of {function} for good?", count(number, "dead letter")),
            None => format!("Drop the dead letters of {function} for good?"),
        },
    }
}

/// `lambent events pause` and `resume`.
pub(super) async fn set_paused(context: &Context, args: &QueueArgs, paused: bool) -> Result<(), End> {
    let client = context.client(&args.endpoint)?;
    let function = &args.function;
    let doing = format!("{} the events of {function}", if paused { "pause" } else { "resume" });
    let is_paused = client.set_paused(function, paused).await.map_err(|error| error.failure(doing))?;
    context.output.line(if is_paused { "paused" } else { "running" })?;
    if is_paused {
        context.output.note(&format!(
            "what comes is kept and ages; `lambent events resume {function}` starts it again"
        ));
    }
    Ok(())
}

/// `lambent events stats`.
pub(super) async fn stats(context: &Context, args: &StatsArgs) -> Result<(), End> {
    let client = context.client(&args.endpoint)?;
    let queues = match &args.function {
        Some(function) => {
            let queue = client.queue(function).await;
            vec![queue.map_err(|error| error.failure(format!("count the events of {function}")))?]
        }
        None => all(context, &client).await?,
    };
    match args.format.format() {
        Format::Json => context.output.data(json(&queues)?.as_bytes())?,
        Format::Table if queues.is_empty() => context.output.note("nothing waits, and no function is paused"),
        Format::Table => context.output.data(as_table(&queues).as_bytes())?,
    }
    Ok(())
}

/// The queues in which there is something.
async fn all(context: &Context, client: &Client) -> Result<Vec<QueueSummary>, Failure> {
    let spinner = Spinner::new(context.output, "counting");
    let failed = |error: ClientError| error.failure("count the events");
    let functions = client.functions().await.map_err(failed)?;
    let mut queues = Vec::new();
    for (index, function) in functions.iter().enumerate() {
        spinner.say(format!("counting, {index} of {} functions", functions.len()));
        match client.queue(&function.function_name).await {
            Ok(queue) if is_idle(&queue) => {}
            Ok(queue) => queues.push(queue),
            // It was deleted meanwhile.
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(queues)
}

fn is_idle(queue: &QueueSummary) -> bool {
    let QueueSummary { function: _, paused, queued, delayed, running, bytes: _, dead_letters } = queue;
    !paused && *queued == 0 && *delayed == 0 && *running == 0 && dead_letters.unwrap_or(0) == 0
}

fn as_table(queues: &[QueueSummary]) -> String {
    // Not every server counts dead letters by function.
    let counts_dead = queues.iter().any(|queue| queue.dead_letters.is_some());
    let head = ["FUNCTION", "QUEUED", "DELAYED", "RUNNING", "BYTES"].into_iter();
    let head = head.chain(counts_dead.then_some("DEAD LETTERS")).chain(["STATE"]);
    let mut rows: Vec<Vec<String>> = vec![head.map(str::to_owned).collect()];
    rows.extend(queues.iter().map(|queue| {
        let numbers = [queue.queued, queue.delayed, queue.running, queue.bytes];
        let dead = || queue.dead_letters.map_or("-".to_owned(), |number| number.to_string());
        let mut cells = vec![queue.function.clone()];
        cells.extend(numbers.map(|number| number.to_string()));
        cells.extend(counts_dead.then(dead));
        cells.push(if queue.paused { "paused" } else { "running" }.to_owned());
        cells
    }));
    table(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(members: &str) -> QueueSummary {
        let text = format!(r#"{{"function":"f","queued":2,"delayed":1,"running":0,"bytes":90,{members}}}"#);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_question_says_how_much_is_at_stake() {
        let counted = queue(r#""paused":false,"deadLetters":1"#);
        assert_eq!(question(&counted, Purge::Waiting), "Cancel 3 events of f for good?");
        assert_eq!(question(&counted, Purge::DeadLetters), "Drop 1 dead letter of f for good?");
        let uncounted = queue(r#""paused":false"#);
        assert_eq!(question(&uncounted, Purge::DeadLetters), "Drop the dead letters of f for good?");
    }

    #[test]
    fn queues_are_lines_of_columns() {
        let queues = [queue(r#""paused":true,"deadLetters":7"#), queue(r#""paused":false"#)];
        assert_eq!(
            as_table(&queues),
            "FUNCTION  QUEUED  DELAYED  RUNNING  BYTES  DEAD LETTERS  STATE\n\
             f         2       1        0        90     7             paused\n\
             f         2       1        0        90     -             running\n"
        );
        assert_eq!(
            as_table(&queues[1..]),
            "FUNCTION  QUEUED  DELAYED  RUNNING  BYTES  STATE\nf         2       1        0        90     running\n"
        );
        let idle = QueueSummary { queued: 0, delayed: 0, ..queue(r#""paused":false"#) };
        assert!(is_idle(&idle) && !is_idle(&QueueSummary { paused: true, ..idle.clone() }));
        assert!(!is_idle(&QueueSummary { dead_letters: Some(1), ..idle }));
    }
}
