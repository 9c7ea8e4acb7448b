//! Lambent's own events API: what becomes of asynchronous events, and what can be done to them.

use super::connection::whole;
use super::query::Query;
use super::{Client, ClientError, segment};
use bytes::Bytes;
use http::Method;
use lambent_domain::event::EventStatus;
use lambent_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

const EVENTS: &str = "/_lambent/v1/events";
pub(super) const FUNCTIONS: &str = "/_lambent/v1/functions";
/// What an answer may take beyond the time that the server was asked to wait.
const GRACE: Duration = Duration::from_secs(30);

/// Which events are asked for. What is none lets all through.
#[derive(Debug, Default)]
pub(crate) struct EventQuery<'a> {
    pub(crate) function: Option<&'a str>,
    pub(crate) state: Option<&'a str>,
    pub(crate) accepted_from: Option<Timestamp>,
    pub(crate) accepted_before: Option<Timestamp>,
    pub(crate) error: Option<&'a str>,
    pub(crate) dead_letters: bool,
}

/// One page of them, newest first. It may be short, even empty, while there is a next one.
#[derive(Debug, Deserialize)]
pub(crate) struct EventPage {
    pub(crate) events: Vec<EventStatus>,
    #[serde(default)]
    pub(crate) next: Option<String>,
}

/// Which dead letters are to be accepted again.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RedriveQuery<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) function: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) accepted_from: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) accepted_before: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) per_second: Option<u32>,
    /// The last answer's `next`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<String>,
}

/// How far one request of a redrive came.
#[derive(Debug, Deserialize)]
pub(crate) struct Redriven {
    pub(crate) redriven: u64,
    #[serde(default)]
    pub(crate) failed: u64,
    #[serde(default)]
    pub(crate) next: Option<String>,
}

/// What waits of one function.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QueueSummary {
    pub(crate) function: String,
    pub(crate) paused: bool,
    pub(crate) queued: u64,
    pub(crate) delayed: u64,
    pub(crate) running: u64,
    pub(crate) bytes: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dead_letters: Option<u64>,
}

/// What is purged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Purge {
    /// What waits, queued or delayed.
    Waiting,
    /// The dead-letter list.
    DeadLetters,
}

#[derive(Serialize)]
struct PurgeRequest {
    what: Purge,
}

#[derive(Deserialize)]
struct Purged {
    purged: u64,
}

#[derive(Deserialize)]
struct Paused {
    paused: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Accepted {
    request_id: String,
}

impl Client {
    /// What is known of an event by its request id.
    pub(crate) async fn event(&self, request_id: &str) -> Result<EventStatus, ClientError> {
        let answer = self.call(Method::GET, &event_path(request_id, ""), &[], Bytes::new()).await?;
        self.json(&answer)
    }

    /// The same, answered when the event is over, or when so much time has passed.
    pub(crate) async fn event_within(
        &self,
        request_id: &str,
        at_most: Duration,
    ) -> Result<EventStatus, ClientError> {
        let path = format!("{}?waitSeconds={}", event_path(request_id, ""), at_most.as_secs());
        let patience = at_most.saturating_add(GRACE);
        let answer = self.send(Method::GET, &path, &[], Bytes::new(), whole, patience).await?.accepted()?;
        self.json(&answer)
    }

    /// The event as its sender sent it.
    pub(crate) async fn event_payload(&self, request_id: &str) -> Result<Bytes, ClientError> {
        Ok(self.call(Method::GET, &event_path(request_id, "/payload"), &[], Bytes::new()).await?.body)
    }

    /// What the function returned.
    pub(crate) async fn event_result(&self, request_id: &str) -> Result<Bytes, ClientError> {
        Ok(self.call(Method::GET, &event_path(request_id, "/result"), &[], Bytes::new()).await?.body)
    }

    /// One page of the events that fit, from the first behind `before` on.
    pub(crate) async fn events(
        &self,
        wanted: &EventQuery<'_>,
        before: Option<&str>,
        limit: usize,
    ) -> Result<EventPage, ClientError> {
        let millis = |at: Option<Timestamp>| at.map(|at| at.as_millis().to_string());
        let query = Query::default()
            .with("function", wanted.function)
            .with("state", wanted.state)
            .with("acceptedFrom", millis(wanted.accepted_from).as_deref())
            .with("acceptedBefore", millis(wanted.accepted_before).as_deref())
            .with("error", wanted.error)
            .with("deadLetters", wanted.dead_letters.then_some("true"))
            .with("before", before)
            .with("limit", Some(&limit.to_string()));
        let answer = self.call(Method::GET, &query.on(EVENTS), &[], Bytes::new()).await?;
        self.json(&answer)
    }

    /// Ends an event that waits.
    pub(crate) async fn cancel_event(&self, request_id: &str) -> Result<EventStatus, ClientError> {
        let answer = self.call(Method::POST, &event_path(request_id, "/cancel"), &[], Bytes::new()).await?;
        self.json(&answer)
    }

    /// Accepts a dead letter again; the new event's request id.
    pub(crate) async fn redrive_event(&self, request_id: &str) -> Result<String, ClientError> {
        let answer = self.call(Method::POST, &event_path(request_id, "/redrive"), &[], Bytes::new()).await?;
        self.json::<Accepted>(&answer).map(|accepted| accepted.request_id)
    }

    /// Accepts dead letters again, as many as the server does in one request.
    pub(crate) async fn redrive_events(&self, wanted: &RedriveQuery<'_>) -> Result<Redriven, ClientError> {
        self.post(&format!("{EVENTS}/redrive"), wanted).await
    }

    /// What waits of a function.
    pub(crate) async fn queue(&self, function: &str) -> Result<QueueSummary, ClientError> {
        let answer = self.call(Method::GET, &queue_path(function, ""), &[], Bytes::new()).await?;
        self.json(&answer)
    }

    /// Takes a function's events out of its queue or of the dead-letter list; how many there were.
    pub(crate) async fn purge(&self, function: &str, what: Purge) -> Result<u64, ClientError> {
        let request = PurgeRequest { what };
        self.post::<Purged>(&queue_path(function, "/purge"), &request).await.map(|answer| answer.purged)
    }

    /// Starts no more events of a function, or does again; whether it is paused now.
    pub(crate) async fn set_paused(&self, function: &str, paused: bool) -> Result<bool, ClientError> {
        let path = queue_path(function, if paused { "/pause" } else { "/resume" });
        let answer = self.call(Method::POST, &path, &[], Bytes::new()).await?;
        self.json::<Paused>(&answer).map(|answer| answer.paused)
    }

    async fn post<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        request: &impl Serialize,
    ) -> Result<T, ClientError> {
        let body = self.encode(request)?;
        let answer = self.call(Method::POST, path, &[("content-type", "application/json")], body).await?;
        self.json(&answer)
    }
}

fn event_path(request_id: &str, rest: &str) -> String {
    format!("{EVENTS}/{}{rest}", segment(request_id))
}

fn queue_path(function: &str, rest: &str) -> String {
    format!("{FUNCTIONS}/{}/events{rest}", segment(function))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_asked_for_is_not_sent() {
        let text = |query: &RedriveQuery<'_>| serde_json::to_string(query).unwrap();
        assert_eq!(text(&RedriveQuery::default()), "{}");
        let query = RedriveQuery {
            function: Some("f"),
            accepted_from: Some(Timestamp::from_millis(7)),
            per_second: Some(5),
            before: Some("t".to_owned()),
            ..RedriveQuery::default()
        };
        assert_eq!(text(&query), r#"{"function":"f","acceptedFrom":7,"perSecond":5,"before":"t"}"#);
        let purge = PurgeRequest { what: Purge::DeadLetters };
        assert_eq!(serde_json::to_string(&purge).unwrap(), r#"{"what":"deadLetters"}"#);
    }
}
