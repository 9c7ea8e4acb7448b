//! Reading a log group through FilterLogEvents, each event once.

use super::{Client, ClientError};
use http::Method;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

const HEADERS: [(&str, &str); 2] =
    [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "Logs_20140328.FilterLogEvents")];

/// How far behind the newest event others may still turn up, in milliseconds: the time of an event is taken
/// before it is written, and several environments write at once.
const OVERLAP_MS: u64 = 5_000;

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogEvent {
    pub(crate) event_id: String,
    pub(crate) timestamp: u64,
    pub(crate) message: String,
    #[serde(default)]
    pub(crate) log_stream_name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FilterLogEvents<'a> {
    log_group_name: &'a str,
    start_time: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    events: Vec<LogEvent>,
    #[serde(default)]
    next_token: Option<String>,
}

/// A place in a log group that moves on as it is read.
#[derive(Debug)]
pub(crate) struct LogReader {
    group: String,
    start_ms: u64,
    next_token: Option<String>,
    seen: Seen,
}

/// Which events have been handed out, as far back as they can turn up again.
#[derive(Debug, Default)]
struct Seen {
    ids: HashSet<String>,
    by_time: std::collections::VecDeque<(u64, String)>,
    newest_ms: u64,
}

impl LogReader {
    /// Begins with events of this time, in milliseconds since 1970.
    pub(crate) fn new(group: String, start_ms: u64) -> Self {
        Self { group, start_ms, next_token: None, seen: Seen::default() }
    }

    /// The next page: its events that are new, and whether there is another page right behind it.
    pub(crate) async fn next(&mut self, client: &Client) -> Result<(Vec<LogEvent>, bool), ClientError> {
        let request = FilterLogEvents {
            log_group_name: &self.group,
            start_time: self.start_ms,
            next_token: self.next_token.take(),
        };
        let body = serde_json::to_vec(&request).map_err(|error| client.senseless(error))?;
        let answer = client.call(Method::POST, "/", &HEADERS, body).await?;
        let page: Page = client.json(&answer)?;
        let new: Vec<LogEvent> = page.events.into_iter().filter(|event| self.seen.take_in(event)).collect();
        self.next_token = page.next_token;
        if self.next_token.is_none() {
            self.start_ms = self.start_ms.max(self.seen.newest_ms.saturating_sub(OVERLAP_MS));
            self.seen.forget_before(self.start_ms);
        }
        Ok((new, self.next_token.is_some()))
    }
}

impl Seen {
    /// Whether the event is new.
    fn take_in(&mut self, event: &LogEvent) -> bool {
        let new = self.ids.insert(event.event_id.clone());
        if new {
            self.by_time.push_back((event.timestamp, event.event_id.clone()));
            self.newest_ms = self.newest_ms.max(event.timestamp);
        }
        new
    }

    fn forget_before(&mut self, start_ms: u64) {
        let ids = &mut self.ids;
        self.by_time.retain(|(timestamp, id)| {
            let keep = *timestamp >= start_ms;
            if !keep {
                ids.remove(id);
            }
            keep
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str, timestamp: u64) -> LogEvent {
        LogEvent {
            event_id: id.to_owned(),
            timestamp,
            message: String::new(),
            log_stream_name: String::new(),
        }
    }

    #[test]
    fn an_event_is_handed_out_once_and_forgotten_when_it_cannot_return() {
        let mut seen = Seen::default();
        assert!(seen.take_in(&event("a", 1)));
        assert!(seen.take_in(&event("b", 9)));
        assert!(!seen.take_in(&event("a", 1)));
        seen.forget_before(5);
        assert_eq!((seen.ids.len(), seen.by_time.len(), seen.newest_ms), (1, 1, 9));
        assert!(!seen.take_in(&event("b", 9)));
    }
}
