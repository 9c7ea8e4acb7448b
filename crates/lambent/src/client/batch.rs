//! Many events in one request: JSON lines there, JSON lines back.

use super::connection::whole;
use super::events::FUNCTIONS;
use super::query::Query;
use super::{Client, ClientError, segment};
use bytes::Bytes;
use http::Method;
use serde::Deserialize;
use std::time::Duration;

/// How long a batch may take: some megabytes over a slow line, and one flush.
const BATCH_TIMEOUT: Duration = Duration::from_secs(300);

/// What came of one line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LineAnswer {
    pub(crate) status: u16,
    /// Of an event that was accepted.
    #[serde(default)]
    pub(crate) request_id: Option<String>,
    /// AWS's name of the error, of one that was not.
    #[serde(default, rename = "type")]
    pub(crate) kind: Option<String>,
    #[serde(default)]
    pub(crate) message: Option<String>,
}

impl Client {
    /// Sends events, a line each; the answers are in their order. `extras` are headers that hold for all of them.
    pub(crate) async fn send_batch(
        &self,
        function: &str,
        qualifier: Option<&str>,
        extras: &[(&'static str, String)],
        lines: Bytes,
    ) -> Result<Vec<LineAnswer>, ClientError> {
        let path = format!("{FUNCTIONS}/{}/events", segment(function));
        let path = Query::default().with("Qualifier", qualifier).on(&path);
        let mut headers = vec![("content-type", "application/x-ndjson")];
        headers.extend(extras.iter().map(|(name, value)| (*name, value.as_str())));
        let answer = self.send(Method::POST, &path, &headers, lines, whole, BATCH_TIMEOUT).await?;
        self.line_answers(&answer.accepted()?.body)
    }

    fn line_answers(&self, body: &[u8]) -> Result<Vec<LineAnswer>, ClientError> {
        let answers = serde_json::Deserializer::from_slice(body).into_iter();
        answers.collect::<Result<_, _>>().map_err(|error| self.senseless(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Endpoint;

    #[test]
    fn there_is_an_answer_for_each_line() {
        let client = Client::new(Endpoint::of("127.0.0.1:1".parse().unwrap()).unwrap());
        let body =
            "{\"status\":202,\"requestId\":\"i\"}\n{\"status\":429,\"type\":\"T\",\"message\":\"m\"}\n";
        let answers = client.line_answers(body.as_bytes()).unwrap();
        let text = |text: &str| Some(text.to_owned());
        let accepted = LineAnswer { status: 202, request_id: text("i"), kind: None, message: None };
        let refused = LineAnswer { status: 429, request_id: None, kind: text("T"), message: text("m") };
        assert_eq!(answers, [accepted, refused]);
        assert!(client.line_answers(b"{\"status\":202}\n<html>").is_err());
        assert_eq!(client.line_answers(b"").unwrap(), []);
    }
}
