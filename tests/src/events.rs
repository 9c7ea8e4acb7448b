//! What a server tells of its events: Lambent's own API, its metrics, and the functions' logs.

use crate::Server;
use crate::server::wait_for;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// The lines of `/metrics` by name and labels.
pub type Metrics = BTreeMap<String, u64>;

impl Server {
    /// Every event that passes the filter, newest first; `query` is that of the listing without `limit` and `before`.
    #[must_use]
    pub fn events(&self, query: &str) -> Vec<Value> {
        let (mut events, mut before) = (Vec::new(), String::new());
        loop {
            let page = self.get_json(&format!("/_lambent/v1/events?limit=500&{query}{before}"));
            events.extend(page.get("events").and_then(Value::as_array).cloned().unwrap_or_default());
            match page.get("next") {
                Some(next) => before = format!("&before={}", text_of(next)),
                None => return events,
            }
        }
    }

    /// One look at the metrics.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        let text = self.request("GET", "/metrics", &[], b"").text();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| line.rsplit_once(' '))
            .filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?)))
            .collect()
    }

    /// Waits until no event waits or runs and no record is on its way, and gives the metrics of then.
    #[must_use]
    pub fn quiet(&self, at_most: Duration) -> Metrics {
        let metrics = wait_for(at_most, "the last event's end", || {
            let metrics = self.metrics();
            let waiting = metrics.iter().filter(|(name, _)| name.starts_with("lambent_async_events{"));
            (waiting.map(|(_, value)| value).sum::<u64>() == 0).then_some(metrics)
        });
        wait_for(at_most, "the last record's arrival", || {
            let is_under_way = |event: &Value| {
                let deliveries = event.get("deliveries").and_then(Value::as_array).into_iter().flatten();
                deliveries
                    .into_iter()
                    .any(|delivery| delivery.get("state").is_some_and(|state| state == "pending"))
            };
            (!self.events("").iter().any(is_under_way)).then_some(())
        });
        metrics
    }

    /// Every message of a log group that contains the word.
    #[must_use]
    pub fn log_messages(&self, group: &str, word: &str) -> Vec<String> {
        let headers = [
            ("x-amz-target", "Logs_20140328.FilterLogEvents"),
            ("content-type", "application/x-amz-json-1.1"),
        ];
        let mut request = json!({ "logGroupName": group, "filterPattern": word });
        let mut messages = Vec::new();
        loop {
            let reply = self.request("POST", "/", &headers, request.to_string().as_bytes());
            assert_eq!(reply.status, 200, "{}", reply.text());
            let page = reply.json();
            let events = page.get("events").and_then(Value::as_array).into_iter().flatten();
            messages.extend(events.filter_map(|event| Some(event.get("message")?.as_str()?.to_owned())));
            match (page.get("nextToken"), request.as_object_mut()) {
                (Some(token), Some(request)) => request.insert("nextToken".to_owned(), token.clone()),
                _ => return messages,
            };
        }
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
