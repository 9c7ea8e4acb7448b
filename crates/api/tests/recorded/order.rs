//! The order of checks: members, then the region, then whether the qualifiers agree, then what is there, then the payload.
//! Each row has two faults, and is told of the first.

use bytes::Bytes;
use serde_json::json;

use crate::app::{App, missing, parameter, refusal};

const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function";
const ELSEWHERE: &str = "arn:aws:lambda:eu-west-1:000000000000:function";

pub(crate) async fn the_first_complaint_is_the_recorded_one() {
    let app = App::start().await;
    let region = "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')";
    let disagree = "The derived qualifier from the function name does not match the specified qualifier.";
    let absent = |name: &str| missing(&format!("Function not found: {ARN}:{name}"));
    let long = "q".repeat(129);
    let members = format!(
        "2 validation errors detected: Value '{long}' at 'qualifier' failed to satisfy constraint: Member must have length \
         less than or equal to 128; Value 'arn:aws:lambda:nowhere:000000000000:function:there' at 'functionName' failed to \
         satisfy constraint: Member must satisfy regular expression pattern: "
    );
    let rows = [
        // The region of another function's ARN, although the qualifiers disagree and it is not there either.
        (format!("{ELSEWHERE}:absent:1"), "?Qualifier=2", "{}", missing(region)),
        ("absent:1".to_owned(), "?Qualifier=2", "{}", parameter(disagree)),
        (format!("{ARN}:there:$LATEST"), "?Qualifier=1", "{}", parameter(disagree)),
        // The function, although there is no such alias of any; always the most specific ARN.
        ("absent".to_owned(), "", "{oops", absent("absent:$LATEST")),
        ("absent".to_owned(), "?Qualifier=live", "{oops", absent("absent:live")),
        ("there".to_owned(), "?Qualifier=live", "{oops", absent("there:live")),
        ("there".to_owned(), "?Qualifier=$latest", "{oops", absent("there:$latest")),
    ];
    for (name, query, payload, expected) in rows {
        let target = format!("/2015-03-31/functions/{name}/invocations{query}");
        for kind in ["RequestResponse", "Event", "DryRun"] {
            let headers = [("x-amz-invocation-type", kind)];
            let got = app.send_with("POST", &target, &headers, Bytes::from_static(payload.as_bytes())).await;
            assert_eq!(got, expected, "{kind} {target}");
        }
    }
    let target = format!(
        "/2015-03-31/functions/arn:aws:lambda:nowhere:000000000000:function:there/invocations?Qualifier={long}"
    );
    let got = app.ask("POST", &target, json!({})).await;
    let text = got.body["message"].as_str().unwrap_or_default();
    assert!(text.starts_with(&members), "{got:?}");
    assert_eq!(got, refusal(400, "ValidationException", json!({ "message": text })));
}
