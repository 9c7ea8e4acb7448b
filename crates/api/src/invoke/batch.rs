//! Many events in one request: a line of JSON each, few flushes of the disk for all, and an answer for each.
//!
//! What is wrong with one line is told in its own answer and touches no other. The request's headers and its qualifier
//! hold for every line.

use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use lambent_domain::event::{self, EventRequest};
use lambent_domain::limits::EVENT_BYTES_MAX;
use lambent_domain::request_id::RequestId;
use lambent_store::queue::{Accepted, Submission};
use serde::Serialize;
use uuid::Uuid;

use super::event_options::EventOptions;
use super::{ACTION, BatchRequest, Kind, chance, check_tenant};
use crate::authenticate::AT_ONCE_BYTES_MAX;
use crate::authorization::{Asked, Subject};
use crate::error::ApiError;
use crate::json;
use crate::response::{self, Answer};
use crate::trace::Trace;

/// Largest body.
pub(crate) const BYTES_MAX: usize = 16 * 1024 * 1024;
/// Most events.
const LINES_MAX: usize = 10_000;
const JSON_LINES: HeaderValue = HeaderValue::from_static("application/x-ndjson");

/// Longest complaint about one line, in bytes: ten thousand of AWS's could be larger than what they are about.
const COMPLAINT_BYTES_MAX: usize = 400;

/// What is told of a line.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LineAnswer<'a> {
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<RequestId>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

/// Accepts what can be accepted and answers for every line, in order.
pub(crate) async fn batch(asked: &Asked<'_>, request: BatchRequest, body: Bytes) -> Result<Answer, ApiError> {
    asked.authorize(ACTION, Subject::Function(request.target.arn.clone()))?;
    let state = asked.state;
    let (_, version) = request.target.resolve_to_invoke(&state.resources, chance(asked.request_id))?;
    check_tenant(version.configuration.tenant_isolation, request.tenant_id.is_some())?;
    let now = state.clock.now();
    let not_before = request.options.not_before(now)?;
    let key = request.options.idempotency(state.idempotency)?;
    let lines = if body.len() <= AT_ONCE_BYTES_MAX {
        lines(&body)?
    } else {
        tokio::task::spawn_blocking(move || lines(&body)).await.map_err(ApiError::internal)??
    };
    let trace = Trace::of(asked.headers, &version, now, Uuid::new_v4()).for_function;
    let mut submissions = Vec::with_capacity(lines.len());
    let mut promised = Vec::with_capacity(lines.len());
    for (number, line) in lines.into_iter().enumerate() {
        promised.push(line.map(|payload| {
            let request_id = RequestId::from(Uuid::new_v4());
            let event = EventRequest {
                request_id,
                function: request.target.arn.name.clone(),
                qualifier: request.target.arn.qualifier.clone(),
                payload,
                trace: Some(trace.clone()),
                tenant_id: request.tenant_id.clone(),
                priority: request.options.priority,
                not_before,
            };
            let idempotency = key.as_ref().map(|key| EventOptions::key_of_line(key, number));
            submissions.push(Submission { event: event::accept(event, now), idempotency });
            request_id
        }));
    }
    let mut stored = match submissions.is_empty() {
        true => Vec::new(),
        false => state.queue.enqueue_all(submissions).await,
    }
    .into_iter();
    let kept = promised.into_iter().map(|line| match (line?, stored.next()) {
        (request_id, Some(Ok(Accepted::New))) => Ok(request_id),
        (_, Some(Ok(Accepted::Before(first)))) => Ok(first),
        (_, Some(Err(refused))) => Err(refused.into()),
        (_, None) => Err(ApiError::internal("the queue said nothing of a line")),
    });
    answer(asked.request_id, kept)
}

/// The body's lines: events, or what is wrong with each. The end of the last line may be missing.
///
/// A line is copied: as a part of the body it would keep all of that in memory for as long as one of its events is.
pub(crate) fn lines(body: &[u8]) -> Result<Vec<Result<Bytes, ApiError>>, ApiError> {
    let body = body.strip_suffix(b"\n").unwrap_or(body);
    if body.is_empty() {
        return Err(ApiError::invalid_content("A batch has a JSON text in each line, and at least one."));
    }
    let count = body.iter().filter(|byte| **byte == b'\n').count() + 1;
    if count > LINES_MAX {
        return Err(ApiError::too_many_events(count, LINES_MAX));
    }
    Ok(body.split(|byte| *byte == b'\n').map(line).collect())
}

fn line(text: &[u8]) -> Result<Bytes, ApiError> {
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    if text.len() > EVENT_BYTES_MAX {
        return Err(Kind::Event.too_large(text.len() as u64));
    }
    match json::check(text) {
        Ok(()) => Ok(Bytes::copy_from_slice(text)),
        Err(complaint) => Err(ApiError::event_not_json(&complaint).shortened(COMPLAINT_BYTES_MAX)),
    }
}

fn answer(
    batch: RequestId,
    lines: impl Iterator<Item = Result<RequestId, ApiError>>,
) -> Result<Answer, ApiError> {
    let (mut text, mut fault) = (Vec::new(), None);
    for line in lines {
        let told = match &line {
            Ok(request_id) => LineAnswer {
                status: StatusCode::ACCEPTED.as_u16(),
                request_id: Some(*request_id),
                kind: None,
                message: None,
            },
            Err(error) => LineAnswer {
                status: error.status().as_u16(),
                request_id: None,
                kind: Some(error.name()),
                message: Some(error.message()),
            },
        };
        serde_json::to_writer(&mut text, &told).map_err(ApiError::internal)?;
        text.push(b'\n');
        let cause = line.err().and_then(|error| error.operator().map(str::to_owned));
        fault = fault.or(cause);
    }
    if let Some(cause) = fault {
        tracing::error!(request.id = %batch, cause, "events of a batch were refused through a fault of the server");
    }
    Ok(response::with_body(JSON_LINES, text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judged(body: &[u8]) -> Vec<Result<Bytes, u16>> {
        let status = |error: ApiError| error.status().as_u16();
        lines(body).unwrap().into_iter().map(|line| line.map_err(status)).collect()
    }

    #[test]
    fn each_line_is_judged_alone() {
        let event = |text: &'static str| Ok(Bytes::from_static(text.as_bytes()));
        for (body, expected) in [
            ("{}", vec![event("{}")]),
            ("{}\n", vec![event("{}")]),
            (" 1 \r\n\"a\"\r\n", vec![event(" 1 "), event("\"a\"")]),
            ("1\n\n2", vec![event("1"), Err(400), event("2")]),
            ("{\n}\n", vec![Err(400), Err(400)]),
            ("1\n\n", vec![event("1"), Err(400)]),
        ] {
            assert_eq!(judged(body.as_bytes()), expected, "{body}");
        }
        let long = format!("\"{}\"", "x".repeat(EVENT_BYTES_MAX - 2));
        assert_eq!(judged(format!("{long} \n{long}").as_bytes()), [Err(413), Ok(long.into())]);
    }

    #[test]
    fn a_batch_has_a_least_and_a_most() {
        let status =
            |body: &[u8]| lines(body).map(|lines| lines.len()).map_err(|error| error.status().as_u16());
        assert_eq!(status(b""), Err(400));
        assert_eq!(status(b"\n"), Err(400));
        assert_eq!(status(&b"1\n".repeat(LINES_MAX)), Ok(LINES_MAX));
        assert_eq!(status(&b"1\n".repeat(LINES_MAX + 1)), Err(413));
        let complaints =
            lines(&[&[b'x'; 5_000][..], b"\"", "\u{e4}".repeat(5_000).as_bytes()].concat()).unwrap();
        for complaint in complaints {
            assert!(complaint.unwrap_err().message().len() <= COMPLAINT_BYTES_MAX + 3);
        }
    }

    #[test]
    fn answers_are_lines_in_the_order_of_the_events() {
        let id = RequestId::from_random_bytes([1; 16]);
        let refused = Err(ApiError::invalid_content("no"));
        let answer = answer(id, [Ok(id), refused].into_iter()).unwrap();
        let crate::response::AnswerBody::Whole(body) = answer.into_body() else { panic!("a stream") };
        let text = format!("{body:?}");
        assert!(
            text.contains(r#"{\"status\":202,\"requestId\":\"01010101-0101-4101-8101-010101010101\"}\n"#),
            "{text}"
        );
        let second = r#"\n{\"status\":400,\"type\":\"InvalidRequestContentException\",\"message\":\"no\"}\n"#;
        assert!(text.contains(second), "{text}");
    }

    proptest! {
        #[test]
        fn no_body_is_our_fault(body in proptest::collection::vec(prop_oneof![
            4 => Just(b'\n'), 2 => Just(b'"'), 4 => b'0'..=b'9', 1 => any::<u8>(),
        ], 0..200)) {
            match lines(&body) {
                Ok(lines) => {
                    let ends = body.iter().filter(|byte| **byte == b'\n').count();
                    prop_assert!((ends..=ends + 1).contains(&lines.len()));
                    for line in lines {
                        match line {
                            Ok(event) => prop_assert!(json::check(&event).is_ok()),
                            Err(error) => prop_assert_eq!(error.status().as_u16(), 400),
                        }
                    }
                }
                Err(error) => prop_assert_eq!(error.status().as_u16(), 400),
            }
        }
    }
}
