//! Looking at a long queue, and throwing it away.

use super::{FAILING, queue_path};
use crate::failure::Failure;
use crate::figures::Spread;
use crate::lambent::Lambent;
use crate::report::{Findings, Line, Ratio};
use std::time::Duration;

/// Each look is taken this often.
const TIMES: usize = 5;
/// A page may be empty while there is more: a look ends when it has an event, or the last page. None may go on for ever.
const PAGES_MAX: usize = 2_000;

pub(super) async fn measure(server: &Lambent, many: u64, findings: &mut Findings) -> Result<(), Failure> {
    let newest = server.json("GET", "/_lambent/v1/events?limit=1", b"").await?;
    let newest =
        newest.pointer("/events/0/acceptedAt").and_then(serde_json::Value::as_u64).unwrap_or_default();
    // The queue was filled within minutes, so somewhere in it.
    let middle = newest.saturating_sub(5_000);
    let filters = [
        ("no filter", String::new()),
        ("function", format!("function={FAILING}&")),
        ("state=queued", "state=queued&".to_owned()),
        ("state=failed, none is", "state=failed&".to_owned()),
        ("acceptedBefore", format!("acceptedBefore={middle}&")),
        ("function and acceptedFrom", format!("function={FAILING}&acceptedFrom={middle}&")),
        ("error, none has one", "error=nothing&".to_owned()),
        ("deadLetters, none is", "deadLetters=true&".to_owned()),
    ];
    let mut worst = Duration::ZERO;
    for (what, filter) in filters {
        let mut page_times = Vec::new();
        let mut whole_times = Vec::new();
        let mut pages = 0;
        for _ in 0..TIMES {
            let (first, whole, count) = list(server, &filter).await?;
            page_times.push(first);
            whole_times.push(whole);
            pages = count;
        }
        worst = worst.max(page_times.iter().max().copied().unwrap_or_default());
        let line = Line::new(format!("events list, {what}")).cell("ms", millis(&page_times));
        findings.line(line.cell("ms to an event or the end", millis(&whole_times)));
        if pages > 1 {
            findings
                .note(format!("{what}: {pages} pages to an event or the end, of {many} events looked at"));
        }
    }
    let shown = show(server).await?;
    worst = worst.max(shown.iter().max().copied().unwrap_or_default());
    findings.line(Line::new("events show").cell("ms", millis(&shown)));
    findings.ratio(Ratio::new(
        "slowest answer of list and show, s",
        Spread::of([worst.as_secs_f64()]),
        "< 1",
    ));
    Ok(())
}

/// How long the first page took, how long it took to have an event or the last page, and how many pages that were.
async fn list(server: &Lambent, filter: &str) -> Result<(Duration, Duration, usize), Failure> {
    let (mut before, mut first, mut whole) = (String::new(), None, Duration::ZERO);
    for page in 1..=PAGES_MAX {
        let path = format!("/_lambent/v1/events?{filter}limit=50{before}");
        let (body, took) = server.timed("GET", &path, b"", 200).await?;
        whole += took;
        let first = *first.get_or_insert(took);
        let body: serde_json::Value =
            serde_json::from_slice(&body).map_err(|cause| Failure::at(&path, cause))?;
        let is_empty = body.get("events").and_then(serde_json::Value::as_array).is_none_or(Vec::is_empty);
        match body.get("next").and_then(serde_json::Value::as_str) {
            Some(next) if is_empty => before = format!("&before={next}"),
            _ => return Ok((first, whole, page)),
        }
    }
    Err(Failure::new(format!("a listing with {filter} has more than {PAGES_MAX} empty pages")))
}

/// Events of the newest page and of one further down.
async fn show(server: &Lambent) -> Result<Vec<Duration>, Failure> {
    let mut times = Vec::new();
    let page = server.json("GET", "/_lambent/v1/events?limit=20", b"").await?;
    for event in page.get("events").and_then(serde_json::Value::as_array).into_iter().flatten() {
        let id = event.get("requestId").and_then(serde_json::Value::as_str).unwrap_or_default();
        times.push(server.timed("GET", &format!("/_lambent/v1/events/{id}"), b"", 200).await?.1);
    }
    Ok(times)
}

pub(super) async fn purge(server: &Lambent, findings: &mut Findings) -> Result<(), Failure> {
    server.json("POST", &queue_path(FAILING, "/pause"), b"").await?;
    let path = queue_path(FAILING, "/purge");
    let (body, took) = server.timed("POST", &path, br#"{"what":"waiting"}"#, 200).await?;
    findings.note(format!("purge answered {}", String::from_utf8_lossy(&body)));
    findings.line(Line::new("events purge, all that wait").cell("ms", millis(&[took])));
    findings.ratio(Ratio::new("purge, s", Spread::of([took.as_secs_f64()]), "< 1"));
    Ok(())
}

fn millis(times: &[Duration]) -> Spread {
    Spread::of(times.iter().map(|time| time.as_secs_f64() * 1e3))
}
