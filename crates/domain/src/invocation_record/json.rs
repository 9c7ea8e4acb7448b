//! The record as destinations receive it, member by member as recorded (facts: async-invocation §6).
//!
//! Payloads that are JSON stand in it as they are, everything else as a string. The record is one line, so that it can
//! be a line of a file.

use super::{InvocationRecord, RecordedResponse};
use crate::arn::{AccountId, FunctionArn, Region};
use crate::disposition::FailureCondition;
use crate::qualifier::{Qualifier, Version};
use crate::request_id::RequestId;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// What the record of an event that was part of a recursive chain calls that. AWS documents that there is a record and not
/// what it says.
pub const RECURSION_CONDITION: &str = "RecursiveInvocationDetected";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    version: &'static str,
    timestamp: String,
    request_context: RequestContext,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_payload: Option<Payload<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_context: Option<ResponseContext>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_payload: Option<Payload<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    request_id: RequestId,
    function_arn: String,
    condition: &'static str,
    approximate_invoke_count: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResponseContext {
    status_code: u16,
    executed_version: Version,
    #[serde(skip_serializing_if = "Option::is_none")]
    function_error: Option<&'static str>,
}

/// Bytes that may or may not be JSON.
struct Payload<'a>(&'a [u8]);

impl Serialize for Payload<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A function that returned nothing.
        if self.0.is_empty() {
            return serializer.serialize_none();
        }
        match serde_json::from_slice::<&RawValue>(self.0) {
            // Outside of strings a line's end is mere space, and inside of them it can't be.
            Ok(json) if json.get().contains(['\n', '\r']) => {
                let line = RawValue::from_string(json.get().replace(['\n', '\r'], " "));
                line.map_err(serde::ser::Error::custom)?.serialize(serializer)
            }
            Ok(json) => json.serialize(serializer),
            Err(_) => serializer.serialize_str(&text(self.0)),
        }
    }
}

fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

impl InvocationRecord {
    /// The record as JSON, in one line.
    #[must_use]
    pub fn to_json(&self, region: &Region, account: &AccountId) -> String {
        let request = Some(Payload(&self.request_payload));
        let response = self.response.as_ref().map(|response| Payload(&response.payload));
        self.document(region, account, request, response)
    }

    /// The same without the two payloads, for targets that they are too large for.
    #[must_use]
    pub fn to_json_without_payloads(&self, region: &Region, account: &AccountId) -> String {
        self.document(region, account, None, None)
    }

    /// Why the event was settled: `Success`, or the failure.
    #[must_use]
    pub fn condition(&self) -> &'static str {
        self.failure.map_or("Success", FailureCondition::as_str)
    }

    /// The function's ARN, always with a qualifier.
    #[must_use]
    pub fn function_arn(&self, region: &Region, account: &AccountId) -> FunctionArn {
        FunctionArn {
            region: region.clone(),
            account: account.clone(),
            name: self.function.clone(),
            qualifier: Some(self.qualifier.clone().unwrap_or(Qualifier::Latest)),
        }
    }

    fn document(
        &self,
        region: &Region,
        account: &AccountId,
        request_payload: Option<Payload<'_>>,
        response_payload: Option<Payload<'_>>,
    ) -> String {
        let document = Document {
            version: "1.0",
            timestamp: self.settled_at.to_utc_text(),
            request_context: RequestContext {
                request_id: self.request_id,
                function_arn: self.function_arn(region, account).to_string(),
                condition: self.condition(),
                approximate_invoke_count: self.invoke_count,
            },
            request_payload,
            response_context: self.response.as_ref().map(response_context),
            response_payload,
        };
        // Nothing in it can fail to be written: no map with odd keys, no number that is none.
        serde_json::to_string(&document).unwrap_or_default()
    }
}

fn response_context(response: &RecordedResponse) -> ResponseContext {
    ResponseContext {
        status_code: 200,
        executed_version: response.executed_version,
        function_error: response.is_error.then_some("Unhandled"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arn::FunctionName;
    use crate::time::Timestamp;
    use bytes::Bytes;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    const CONTEXT: &str = r#"{"version":"1.0","timestamp":"2026-01-02T03:04:05.678Z","requestContext":{"requestId":"07070707-0707-0707-0707-070707070707","functionArn":"arn:aws:lambda:us-east-1:000000000000:function:f:"#;

    fn record(
        failure: Option<FailureCondition>,
        runs: u32,
        response: Option<&'static str>,
    ) -> InvocationRecord {
        InvocationRecord {
            request_id: RequestId::from_bytes([7; 16]),
            function: FunctionName::new("f").unwrap(),
            qualifier: None,
            failure,
            invoke_count: runs,
            request_payload: Bytes::from_static(br#"{ "a": 1.50, "a":[] }"#),
            response: response.map(|payload| RecordedResponse {
                payload: Bytes::from_static(payload.as_bytes()),
                executed_version: Version::Latest,
                is_error: failure.is_some(),
            }),
            status: 200,
            error_message: None,
            trace: None,
            settled_at: Timestamp::from_millis(1_767_323_045_678),
        }
    }

    fn written(record: &InvocationRecord) -> String {
        record.to_json(&Region::new("us-east-1").unwrap(), &AccountId::new("000000000000").unwrap())
    }

    #[test]
    fn records_as_recorded() {
        use FailureCondition::{EventAgeExceeded, Recursion, RetriesExhausted, ZeroReservedConcurrency};
        let request = r#""requestPayload":{ "a": 1.50, "a":[] }"#;
        let ran = r#""responseContext":{"statusCode":200,"executedVersion":"$LATEST""#;
        let error = r#"{"errorMessage":"no","errorType":"E"}"#;
        for (record, condition, rest) in [
            (
                record(None, 1, Some("{}")),
                r#"$LATEST","condition":"Success","approximateInvokeCount":1}"#,
                format!(r#"{request},{ran}}},"responsePayload":{{}}}}"#),
            ),
            (
                record(None, 1, Some("")),
                r#"$LATEST","condition":"Success","approximateInvokeCount":1}"#,
                format!(r#"{request},{ran}}},"responsePayload":null}}"#),
            ),
            (
                record(Some(RetriesExhausted), 3, Some(error)),
                r#"$LATEST","condition":"RetriesExhausted","approximateInvokeCount":3}"#,
                format!(r#"{request},{ran},"functionError":"Unhandled"}},"responsePayload":{error}}}"#),
            ),
            (
                record(Some(EventAgeExceeded), 1, Some(error)),
                r#"$LATEST","condition":"EventAgeExceeded","approximateInvokeCount":1}"#,
                format!(r#"{request},{ran},"functionError":"Unhandled"}},"responsePayload":{error}}}"#),
            ),
            (
                record(Some(EventAgeExceeded), 0, None),
                r#"$LATEST","condition":"EventAgeExceeded","approximateInvokeCount":0}"#,
                format!("{request}}}"),
            ),
            (
                record(Some(ZeroReservedConcurrency), 0, None),
                r#"$LATEST","condition":"ZeroReservedConcurrency","approximateInvokeCount":0}"#,
                format!("{request}}}"),
            ),
            (
                record(Some(Recursion), 0, None),
                r#"$LATEST","condition":"RecursiveInvocationDetected","approximateInvokeCount":0}"#,
                format!("{request}}}"),
            ),
            (
                InvocationRecord {
                    qualifier: Some(Qualifier::from("live")),
                    response: Some(RecordedResponse {
                        payload: Bytes::from_static(b"1"),
                        executed_version: Version::Number(7),
                        is_error: false,
                    }),
                    ..record(None, 1, None)
                },
                r#"live","condition":"Success","approximateInvokeCount":1}"#,
                format!(
                    r#"{request},"responseContext":{{"statusCode":200,"executedVersion":"7"}},"responsePayload":1}}"#
                ),
            ),
        ] {
            assert_eq!(written(&record), format!("{CONTEXT}{condition},{rest}"));
        }
    }

    #[test]
    fn an_answer_that_is_no_json_is_a_string_and_lines_are_one() {
        for (payload, shown) in [
            (&b"not json"[..], json!("not json")),
            (b"\xff", json!("\u{fffd}")),
            (b"{} {}", json!("{} {}")),
            (b" {\n\"a\":\r\n[1,\n2]}\n", json!({ "a": [1, 2] })),
        ] {
            let mut record = record(None, 1, Some(""));
            record.request_payload = Bytes::from_static(b"[\n]");
            record.response.as_mut().unwrap().payload = Bytes::from(payload);
            let text = written(&record);
            assert!(!text.contains(['\n', '\r']), "{text}");
            let value: Value = serde_json::from_str(&text).unwrap();
            assert_eq!((&value["responsePayload"], &value["requestPayload"]), (&shown, &json!([])));
        }
    }

    #[test]
    fn without_payloads_only_those_are_missing() {
        let record = record(Some(FailureCondition::RetriesExhausted), 3, Some("1"));
        let text = record.to_json_without_payloads(
            &Region::new("us-east-1").unwrap(),
            &AccountId::new("000000000000").unwrap(),
        );
        let mut whole: Value = serde_json::from_str(&written(&record)).unwrap();
        whole.as_object_mut().unwrap().retain(|member, _| !member.ends_with("Payload"));
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), whole);
    }

    proptest! {
        #[test]
        fn whatever_the_payloads_are_the_record_is_one_line_of_json(request: Vec<u8>, response: Vec<u8>) {
            let mut record = record(None, 1, Some(""));
            record.request_payload = Bytes::from(request);
            record.response.as_mut().unwrap().payload = Bytes::from(response);
            let text = written(&record);
            prop_assert!(serde_json::from_str::<Value>(&text).is_ok() && !text.contains('\n'));
        }
    }
}
