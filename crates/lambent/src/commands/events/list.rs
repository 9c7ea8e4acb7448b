//! `lambent events list`: page after page, newest first, until there are enough.

use super::super::event_text::{detail, one_line, span, state_name};
use super::super::keys::json;
use super::super::spinner::Spinner;
use super::super::{Context, End};
use crate::cli::Format;
use crate::cli::events::{ListArgs, StateArg};
use crate::client::Client;
use crate::client::events::EventQuery;
use crate::failure::Failure;
use crate::output::table;
use clap::ValueEnum;
use lambent_domain::event::EventStatus;
use lambent_domain::time::{Clock as _, Timestamp};
use lambent_engine::clock::SystemClock;

/// The most that the server gives in one page.
const PAGE_MAX: usize = 1_000;
/// The last column is not made narrower than this: then the terminal breaks the line.
const DETAIL_MIN: usize = 12;
/// What a column is set apart with.
const GAP: usize = 2;

pub(super) async fn run(context: &Context, args: &ListArgs) -> Result<(), End> {
    let client = context.client(&args.endpoint)?;
    let now = SystemClock.now();
    let state = args.state.and_then(|state: StateArg| Some(state.to_possible_value()?.get_name().to_owned()));
    let wanted = EventQuery {
        function: args.function.as_deref(),
        state: state.as_deref(),
        accepted_from: args.accepted.since.map(|since| since.at(now)),
        accepted_before: args.accepted.until.map(|until| until.at(now)),
        error: args.error.as_deref(),
        dead_letters: args.dead_letters,
    };
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let (events, more) = collect(context, &client, &wanted, limit).await?;
    match args.format.format() {
        Format::Json => context.output.data(json(&events)?.as_bytes())?,
        Format::Table if events.is_empty() => context.output.note("no events"),
        Format::Table => {
            let text = as_table(&events, now, context.output.width(), args.function.is_none());
            context.output.data(text.as_bytes())?;
        }
    }
    if more {
        context
            .output
            .note(&format!("there are more; --limit {} shows them", limit.saturating_mul(10).min(100_000)));
    }
    Ok(())
}

/// Up to `limit` events, and whether there are more.
async fn collect(
    context: &Context,
    client: &Client,
    wanted: &EventQuery<'_>,
    limit: usize,
) -> Result<(Vec<EventStatus>, bool), Failure> {
    // Only when one page is not enough: a line that comes and goes at once is no help.
    let mut spinner = None;
    let mut events: Vec<EventStatus> = Vec::new();
    let mut before: Option<String> = None;
    loop {
        let rest = limit.saturating_sub(events.len()).min(PAGE_MAX);
        let page = client.events(wanted, before.as_deref(), rest).await;
        let page = page.map_err(|error| error.failure("list the events"))?;
        events.extend(page.events);
        let Some(next) = page.next else { return Ok((events, false)) };
        if events.len() >= limit {
            return Ok((events, true));
        }
        if before.as_ref() == Some(&next) {
            let stuck = client.senseless("the list of events does not go on");
            return Err(stuck.failure("list the events"));
        }
        let found = format!("looking for events, {} found", events.len());
        spinner.get_or_insert_with(|| Spinner::new(context.output, "")).say(found);
        before = Some(next);
    }
}

/// One line for each event; on a terminal the last column is cut so that it stays one.
fn as_table(events: &[EventStatus], now: Timestamp, width: Option<usize>, with_function: bool) -> String {
    let row = |event: &EventStatus| {
        let mut cells = vec![
            event.request_id.to_string(),
            state_name(event.state).to_owned(),
            span(now.since(event.accepted_at)),
            event.attempts.len().to_string(),
        ];
        cells.extend(with_function.then(|| event.function.to_string()));
        cells.push(one_line(&detail(event, now)));
        cells
    };
    let head = ["REQUEST ID", "STATE", "AGE", "RUNS"].into_iter().chain(with_function.then_some("FUNCTION"));
    let mut rows: Vec<Vec<String>> = vec![head.chain(["DETAIL"]).map(str::to_owned).collect()];
    rows.extend(events.iter().map(row));
    if let Some(width) = width {
        cut_last(&mut rows, width);
    }
    table(&rows)
}

fn cut_last(rows: &mut [Vec<String>], width: usize) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0).saturating_sub(1);
    let widest = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let taken: usize = (0..columns).map(|column| widest(column).saturating_add(GAP)).sum();
    let room = width.saturating_sub(taken).max(DETAIL_MIN);
    for cell in rows.iter_mut().filter_map(|row| row.last_mut()) {
        if cell.chars().count() > room {
            *cell = cell.chars().take(room.saturating_sub(1)).chain(['…']).collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::event_text::tests::{event, run};

    const NOW: Timestamp = Timestamp::from_millis(185_000);

    #[test]
    fn events_are_lines_of_columns() {
        let failed = format!(
            r#""state":"failed","condition":"RetriesExhausted","deadLetter":true,"attempts":[{}]"#,
            run("ValueError", "the\nworld ended")
        );
        let events = [event(r#""state":"queued","attempts":[]"#), event(&failed)];
        let expected = "\
REQUEST ID                            STATE   AGE   RUNS  FUNCTION  DETAIL
0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d  queued  3m4s  0     hello
0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d  failed  3m4s  1     hello     RetriesExhausted, dead letter: ValueError: the world ended
";
        assert_eq!(as_table(&events, NOW, None, true), expected);
        let narrow = as_table(&events, NOW, Some(80), false);
        assert_eq!(
            narrow.lines().last(),
            Some("0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d  failed  3m4s  1     RetriesExhausted, dea…")
        );
        assert!(narrow.lines().all(|line| line.chars().count() <= 80), "{narrow}");
    }

    #[test]
    fn what_is_left_of_a_narrow_terminal_is_still_something() {
        let mut rows = vec![vec!["a".repeat(30), "b".repeat(30)]];
        cut_last(&mut rows, 20);
        assert_eq!(rows[0][1].chars().count(), DETAIL_MIN);
    }
}
