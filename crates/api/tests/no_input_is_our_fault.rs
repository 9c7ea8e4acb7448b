//! Properties over the functions the fuzzers run: no input makes the front panic or blame itself.

use lambent_api::harness;
use proptest::prelude::*;

/// Requests that get past the first checks, so that the later ones are reached.
fn likely_request() -> impl Strategy<Value = String> {
    let method = prop_oneof![4 => Just("POST"), 2 => Just("GET"), 1 => Just("PUT"), 1 => Just("DELETE"), 1 => Just("PATCH")];
    let name = prop_oneof![
        "[a-zA-Z0-9_:$%.*!-]{0,40}",
        "(arn:aws:lambda:)?(us-east-1:)?([0-9]{12}:)?(function:)?[a-z]{1,8}(:[$A-Z0-9a-z]{1,9})?",
    ];
    let path = name.prop_flat_map(|name| {
        prop_oneof![
            Just(format!("/2014-11-13/functions/{name}/invoke-async/")),
            Just(format!("/2015-03-31/functions/{name}/invocations")),
            Just(format!("/2015-03-31/functions/{name}")),
            Just(format!("/2015-03-31/functions/{name}/configuration")),
            Just(format!("/2015-03-31/functions/{name}/code")),
            Just("/2015-03-31/functions".to_owned()),
            Just(format!("/_lambent/v1/events/{name}")),
            Just("/_lambent/v1/events".to_owned()),
            Just("/_lambent/v1/events/redrive".to_owned()),
            Just(format!("/_lambent/v1/functions/{name}/events")),
            Just(format!("/_lambent/v1/functions/{name}/retry-policy")),
        ]
    });
    let query = prop_oneof![
        3 => Just(String::new()),
        1 => "\\?(Qualifier|MaxItems|Marker|function|acceptedFrom|before|state)=[ -~&&[^# ]]{0,20}".prop_map(|query| query),
    ];
    let header = prop_oneof![
        2 => Just(String::new()),
        1 => "\nx-amz-invocation-type: Event\nx-lambent-(priority|delay-seconds|not-before|idempotency-key|x): [ -~]{0,20}",
        1 => "\n(x-amz-invocation-type|x-amz-log-type|x-amz-client-context|x-amz-tenant-id|origin|x-amzn-trace-id): [ -~]{0,30}",
    ];
    let member = prop_oneof![
        "\"(FunctionName|Runtime|Role|Handler)\":\"[ -!#-\\[\\]-~]{0,20}\"",
        "\"(perSecond|acceptedFrom|maximumAttempts|jitter|initialSeconds)\":(-?[0-9]{1,20}(\\.[0-9])?|null|\"x\")",
        "\"(Timeout|MemorySize|Publish)\":(-?[0-9]{1,20}|true|null|\"x\")",
        "\"(Code|Environment|VpcConfig|LoggingConfig|SnapStart)\":(\\{\\}|\\[\\]|1|\\{\"Variables\":\\{\"[A-Z_a-z0-9]{0,5}\":\"x\"\\}\\})",
        "\"(Layers|Architectures|Tags)\":(\\[\"[a-z:]{0,9}\"\\]|\\{\"\":\"\"\\}|\\[null\\])",
    ];
    let body = prop_oneof![
        "[\\[\\]{}\",:0-9a-z \\\\\n]{0,60}",
        proptest::collection::vec(member, 0..6).prop_map(|members| format!("{{{}}}", members.join(","))),
    ];
    (method, path, query, header, body).prop_map(|(method, path, query, header, body)| {
        format!("{method} {path}{query}\nhost: localhost{header}\n\n{body}")
    })
}

fn not_our_fault(bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Some(status) = harness::request(bytes) {
        // 501 says that the operation is not there yet; every other answer of that class says that we failed.
        prop_assert!((400..500).contains(&status) || status == 501, "status {status}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn likely_requests(request in likely_request()) {
        not_our_fault(request.as_bytes())?;
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        not_our_fault(&bytes)?;
        harness::reference(&bytes);
        harness::json_text(&bytes);
        harness::url_payloads(&bytes);
    }

    #[test]
    fn any_request_to_a_url(request in likely_request()) {
        harness::url_payloads(request.as_bytes());
    }

    #[test]
    fn any_response_of_a_url(
        members in "\\{(\"(statusCode|headers|body|cookies)\":(2[0-9]{2}|\"[ -~]{0,9}\"|\\{\"[a-z-]{1,9}\":[0-9]\\}|null),?){0,3}\\}?",
        nuls in 0..10_usize, rest in proptest::collection::vec(any::<u8>(), 0..20),
    ) {
        harness::url_payloads(members.as_bytes());
        harness::url_payloads(&[members.as_bytes(), &vec![0; nuls], &rest].concat());
    }

    #[test]
    fn any_reference(text in "(arn:?)?[a-z0-9:$.-]{0,80}") {
        harness::reference(text.as_bytes());
    }
}
