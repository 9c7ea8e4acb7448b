//! Lambent's own API, and the headers that make promises about an event.

use super::{CONTENT, DENIED, MISSING, PARAMETER, Row, UNKNOWN, row};

pub(super) fn own() -> Vec<Row> {
    const ID: &str = "00000000-0000-4000-8000-000000000000";
    const EVENTS: &str = "/_lambent/v1/events";
    const THERE: &str = "/_lambent/v1/functions/there";
    let event = |rest: &str| format!("{EVENTS}/{ID}{rest}");
    let of = |rest: &str| format!("{THERE}/{rest}");
    let serialization = "SerializationException";
    let mut rows = vec![
        row("GET", "/_lambent/v1/events?function=a!b", 400, PARAMETER, "must be a function's name"),
        row("GET", "/_lambent/v1/events?function=f&limit=0", 400, PARAMETER, "from 1 to 1000"),
        row("GET", "/_lambent/v1/events?function=f&state=odd", 400, PARAMETER, "state parameter"),
        row("GET", "/_lambent/v1/events?functoin=f", 400, PARAMETER, "no parameter functoin"),
        row("GET", "/_lambent/v1/events?acceptedFrom=now", 400, PARAMETER, "date of RFC 3339"),
        row("GET", "/_lambent/v1/events?deadLetters=1", 400, PARAMETER, "true or false"),
        row("GET", "/_lambent/v1/events/nobody", 400, PARAMETER, "a UUID"),
        row("GET", &event(""), 404, MISSING, "Event not found"),
        row("GET", &event("?waitSeconds=5"), 404, MISSING, "Event not found"),
        row("GET", &event("?waitSeconds=61"), 400, PARAMETER, "from 0 to 60"),
        row("GET", &event("/payload"), 404, MISSING, "Event not found"),
        row("GET", &event("/result"), 404, MISSING, "Event not found"),
        row("POST", &event("/cancel"), 404, MISSING, "Event not found"),
        row("POST", &event("/redrive"), 404, MISSING, "Event not found"),
        row("GET", &event("/cancel"), 405, UNKNOWN, "method GET"),
        row("POST", &event(""), 405, UNKNOWN, "method POST"),
        row("GET", &event("/else"), 404, UNKNOWN, "no operation"),
        row("POST", &of("events?Qualifier=a!b"), 400, "ValidationException", "qualifier").sending("{}"),
        row("POST", &of("events?Qualifier=9"), 404, MISSING, "there:9").sending("{}"),
        row("POST", &of("events"), 400, CONTENT, "at least one").sending(""),
        row("GET", "/_lambent/v1/functions/absent/events", 404, MISSING, "Function not found"),
        row("POST", "/_lambent/v1/functions/absent/events", 404, MISSING, "Function not found").sending("{}"),
        row("POST", "/_lambent/v1/functions/absent/events/pause", 404, MISSING, "Function not found"),
        row("GET", "/_lambent/v1/functions/there:1/events", 400, PARAMETER, "unqualified function ARN"),
        row("GET", &of("retry-policy"), 404, MISSING, "doesn't have a retry policy"),
        row("DELETE", &of("retry-policy"), 404, MISSING, "doesn't have a retry policy"),
        row("GET", "/_lambent/v1/code/00000000-0000-4000-8000-000000000000", 403, DENIED, "expired"),
        row("GET", "/_lambent/nothing", 404, UNKNOWN, "no operation"),
    ];
    for (method, rest, body, kind, text) in [
        ("POST", "events/purge", "", CONTENT, "parse request body"),
        ("POST", "events/purge", "{}", serialization, "missing field `what`"),
        ("POST", "events/purge", r#"{"what":"all"}"#, serialization, "unknown variant `all`"),
        ("POST", "events/purge", r#"{"what":"waiting","why":1}"#, serialization, "unknown field `why`"),
        ("POST", "events/pause", r#"{"for":5}"#, serialization, "unknown field `for`"),
        ("PUT", "retry-policy", "", CONTENT, "parse request body"),
        ("PUT", "retry-policy", r#"{"maximumAttempts":101}"#, PARAMETER, "between 1 and 100"),
        ("PUT", "retry-policy", r#"{"maximumAttempts":3,"jitters":1}"#, serialization, "unknown field"),
        ("PUT", "retry-policy", r#"{"maximumAttempts":3,"jitter":2}"#, PARAMETER, "jitter must be"),
    ] {
        rows.push(row(method, &of(rest), 400, kind, text).sending(body));
    }
    for (body, kind, text) in [
        ("", CONTENT, "parse request body"),
        (r#"{"perSecond":0}"#, PARAMETER, "from 1 to 1000"),
        (r#"{"fucntion":"f"}"#, serialization, "unknown field"),
        (r#"{"before":"x"}"#, PARAMETER, "next of another page"),
    ] {
        rows.push(row("POST", "/_lambent/v1/events/redrive", 400, kind, text).sending(body));
    }
    rows.extend(event_headers());
    rows
}

/// Headers that make promises about an event.
fn event_headers() -> Vec<Row> {
    let event = "/2015-03-31/functions/there/invocations";
    let older = "/2014-11-13/functions/there/invoke-async/";
    let batch = "/_lambent/v1/functions/there/events";
    let mut rows = Vec::new();
    for (name, value, text) in [
        ("X-Lambent-Priority", "urgent", "must be high or normal"),
        ("X-Lambent-Delay-Seconds", "-1", "must be 0 to 31536000 seconds"),
        ("X-Lambent-Not-Before", "soon", "a date of RFC 3339 or seconds since 1970"),
        ("X-Lambent-Not-Before", "9999-01-01T00:00:00Z", "no more than a year ahead"),
        ("X-Lambent-Idempotency-Key", "", "printable ASCII"),
        ("X-Lambent-Idempotency-Window-Seconds", "5", "no meaning without"),
        ("X-Lambent-Priorty", "high", "none that Lambent has"),
    ] {
        for (target, kind) in [(event, Some("Event")), (older, None), (batch, None)] {
            let refused = row("POST", target, 400, PARAMETER, text).sending("{}").with(name, value);
            rows.push(match kind {
                Some(kind) => refused.with("X-Amz-Invocation-Type", kind),
                None => refused,
            });
        }
    }
    for kind in ["RequestResponse", "DryRun"] {
        let refused = row("POST", event, 400, PARAMETER, "are for events").sending("{}");
        rows.push(refused.with("X-Amz-Invocation-Type", kind).with("X-Lambent-Priority", "normal"));
    }
    let streamed = "/2021-11-15/functions/there/response-streaming-invocations";
    rows.push(
        row("POST", streamed, 400, PARAMETER, "are for events")
            .sending("{}")
            .with("X-Lambent-Priority", "high"),
    );
    rows
}
