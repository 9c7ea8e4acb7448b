//! The rows: what is sent, and the answer it must get.

mod functions;
mod own;

use lambent_domain::limits::{EVENT_BYTES_MAX, INVOKE_ASYNC_BYTES_MAX, SYNCHRONOUS_REQUEST_BYTES_MAX};

pub(crate) struct Row {
    pub(crate) method: &'static str,
    pub(crate) target: String,
    headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) status: u16,
    pub(crate) kind: &'static str,
    pub(crate) text: String,
}

impl Row {
    pub(crate) fn headers(&self) -> Vec<(&str, &str)> {
        self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
}

const VALIDATION: &str = "ValidationException";
const PARAMETER: &str = "InvalidParameterValueException";
const CONTENT: &str = "InvalidRequestContentException";
const MISSING: &str = "ResourceNotFoundException";
const TOO_LARGE: &str = "RequestEntityTooLargeException";
const UNKNOWN: &str = "UnknownOperationException";
const DENIED: &str = "AccessDeniedException";
const NOT_YET: &str = "NotImplementedException";

fn row(method: &'static str, target: &str, status: u16, kind: &'static str, text: &str) -> Row {
    let (target, text) = (target.to_owned(), text.to_owned());
    Row { method, target, headers: Vec::new(), body: Vec::new(), status, kind, text }
}

impl Row {
    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn sending(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}

pub(crate) fn rows() -> Vec<Row> {
    [
        paths(),
        names(),
        members(),
        payloads(),
        functions::creations(),
        functions::settings(),
        functions::what_does_not_go_together(),
        functions::packages(),
        functions::changes(),
        own::own(),
        pages(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn paths() -> Vec<Row> {
    let not_yet = |method, target: &str, operation: &str| {
        row(method, target, 501, NOT_YET, &format!("the operation {operation} is not implemented"))
    };
    vec![
        row("GET", "/nothing", 404, UNKNOWN, "no operation has this path"),
        row("POST", "/2014-11-13/functions//invoke-async/", 404, UNKNOWN, "no operation"),
        row("POST", "/2014-11-13/functions/there/invoke-async//", 404, UNKNOWN, "no operation"),
        row("POST", "/2015-03-31/functions/a/b/c/d/e/f/g/h", 404, UNKNOWN, "no operation"),
        row("POST", "/1999-01-01/functions/there/invocations", 404, UNKNOWN, "no operation"),
        row("GET", "/2014-11-13/functions/there/invoke-async/", 405, UNKNOWN, "with the method GET"),
        row("PATCH", "/2015-03-31/functions", 405, UNKNOWN, "with the method PATCH"),
        row("POST", "/2014-11-13/functions/th%ZZere/invoke-async", 400, CONTENT, "percent-encoded UTF-8"),
        row("POST", "/2014-11-13/functions/%FF%FE/invoke-async", 400, CONTENT, "percent-encoded UTF-8"),
        row("POST", "/2015-03-31/functions/there/invocations?Qualifier=%E4", 400, CONTENT, "percent-encoded"),
        not_yet("GET", "/2025-11-30/capacity-providers", "ListCapacityProviders"),
        not_yet("GET", "/2025-12-01/durable-executions/arn", "GetDurableExecution"),
    ]
}

fn names() -> Vec<Row> {
    let asynchronous = |name: &str, status, kind, text: &str| {
        row("POST", &format!("/2014-11-13/functions/{name}/invoke-async/"), status, kind, text)
    };
    let pattern = "' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws";
    let arn = "arn:aws:lambda:us-east-1:000000000000:function";
    let not_found = |name: &str| format!("Function not found: {arn}:{name}");
    vec![
        asynchronous("*", 400, VALIDATION, &format!("1 validation error detected: Value '*{pattern}")),
        asynchronous("my-function!", 400, VALIDATION, pattern),
        asynchronous("a%2Fb", 400, VALIDATION, &format!("Value 'a/b{pattern}")),
        asynchronous("there%253A1", 400, VALIDATION, &format!("Value 'there%3A1{pattern}")),
        asynchronous("function:f:$LATEST:extra", 400, VALIDATION, pattern),
        asynchronous(&format!("{arn}:there:1:2"), 400, VALIDATION, pattern),
        asynchronous(&format!("{arn}:there:$LATES"), 400, VALIDATION, pattern),
        asynchronous("arn:aws:s3:us-east-1:000000000000:function:f", 400, VALIDATION, pattern),
        asynchronous("arn:aws:lambda::000000000000:function:f", 400, VALIDATION, pattern),
        asynchronous("arn:aws:lambda:us-east-1:1:function:f", 400, VALIDATION, pattern),
        asynchronous(&"a".repeat(257), 400, VALIDATION, "Member must have length less than or equal to 256"),
        asynchronous(&"a".repeat(65), 404, MISSING, &not_found(&format!("{}:$LATEST", "a".repeat(65)))),
        asynchronous("absent", 404, MISSING, &not_found("absent:$LATEST")),
        row(
            "POST",
            "/2021-11-15/functions/absent/response-streaming-invocations",
            404,
            MISSING,
            &not_found("absent:$LATEST"),
        ),
        asynchronous("there:prod", 404, MISSING, &not_found("there:prod")),
        asynchronous("there:7", 404, MISSING, &not_found("there:7")),
        asynchronous(arn, 404, MISSING, &not_found("function:$LATEST")),
        asynchronous(
            "arn:aws:lambda:eu-west-1:000000000000:function:there",
            404,
            MISSING,
            "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
        ),
        asynchronous("arn:aws:lambda:us-east-1:111111111111:function:there", 403, DENIED, "other accounts"),
    ]
}

fn members() -> Vec<Row> {
    let invoke = |query: &str, status, kind, text: &str| {
        row("POST", &format!("/2015-03-31/functions/there/invocations{query}"), status, kind, text)
    };
    let enumeration = |member: &str, values: &str| {
        format!(
            "' at '{member}' failed to satisfy constraint: Member must satisfy enum value set: [{values}]"
        )
    };
    vec![
        invoke("?Qualifier=a%20b", 400, VALIDATION, r"pattern: \$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+"),
        invoke(
            &format!("?Qualifier={}", "q".repeat(129)),
            400,
            VALIDATION,
            "length less than or equal to 128",
        ),
        invoke("?Qualifier=", 400, VALIDATION, "length greater than or equal to 1"),
        invoke("?Qualifier=$latest", 404, MISSING, "function:there:$latest"),
        row(
            "POST",
            "/2015-03-31/functions/*/invocations?Qualifier=%21",
            400,
            VALIDATION,
            "2 validation errors detected: Value '!' at 'qualifier'",
        ),
        row(
            "POST",
            "/2015-03-31/functions/there:1/invocations?Qualifier=2",
            400,
            PARAMETER,
            "The derived qualifier",
        ),
        invoke("", 400, VALIDATION, &enumeration("invocationType", "Event, RequestResponse, DryRun"))
            .with("X-Amz-Invocation-Type", "event"),
        invoke("", 400, VALIDATION, &enumeration("logType", "None, Tail")).with("X-Amz-Log-Type", "tail"),
        invoke("", 400, VALIDATION, "'durableExecutionName'").with("X-Amz-Durable-Execution-Name", "a b"),
        invoke("", 400, PARAMETER, "is not a durable function").with("X-Amz-Durable-Execution-Name", "ab"),
        invoke("", 400, VALIDATION, "'tenantId'").with("X-Amz-Tenant-Id", "t".repeat(257)),
        invoke("", 400, PARAMETER, "tenancy configuration").with("X-Amz-Tenant-Id", "t"),
        invoke("", 400, CONTENT, "valid Base64-encoded JSON").with("X-Amz-Client-Context", "{}"),
        invoke("", 400, CONTENT, "no larger than 3583").with("X-Amz-Client-Context", "A".repeat(3_584)),
        invoke("", 400, CONTENT, "must be a UUID").with("x-amzn-RequestId", "mine"),
        invoke("", 415, "UnsupportedMediaTypeException", "gzip").with("Content-Encoding", "gzip"),
        invoke("", 415, "UnsupportedMediaTypeException", "aws-chunked")
            .with("Content-Encoding", "aws-chunked"),
        invoke("", 502, "InvalidRuntimeException", "runtime ruby3.3 is not installed on this host")
            .sending("{}"),
    ]
}

fn payloads() -> Vec<Row> {
    let asynchronous = |body: Vec<u8>, status, kind, text: &str| {
        row("POST", "/2014-11-13/functions/there/invoke-async", status, kind, text).sending(body)
    };
    let not_json = |body: &[u8], text: &str| {
        let text =
            format!("Could not parse request body into json: Could not parse payload into json: {text}");
        asynchronous(body.to_vec(), 400, CONTENT, &text)
    };
    let too_large = |size: usize, kind: &str, limit: usize| {
        format!("{size} byte payload is too large for the {kind} invocation type (limit {limit} bytes)")
    };
    let spaces = |size: usize| vec![b' '; size];
    let (small, event, call) = (INVOKE_ASYNC_BYTES_MAX, EVENT_BYTES_MAX, SYNCHRONOUS_REQUEST_BYTES_MAX);
    let invocations = "/2015-03-31/functions/there/invocations";
    vec![
        not_json(
            b"{\"a\":",
            "Unexpected end-of-input within/between Object entries\n at [Source: (byte[])\"{\"a\":\"; line: 1, column: 6]",
        ),
        not_json(b"hello", "Unrecognized token 'hello': was expecting (JSON String, Number, Array"),
        not_json(b"'test'", "Unexpected character (''' (code 39)): expected a valid value"),
        not_json(
            b"{\"a\":1,}",
            "Unexpected character ('}' (code 125)): was expecting double-quote to start field name",
        ),
        not_json(b"\"\xa7\"", "Invalid UTF-8 start byte 0xa7"),
        not_json(b"{} {}", "Trailing token (of type START_OBJECT)"),
        not_json(b"   ", "No content to map due to end-of-input"),
        not_json(&b"[".repeat(5_000), "Document nesting depth (1001) exceeds the maximum allowed"),
        asynchronous(spaces(small + 1), 413, TOO_LARGE, &too_large(small + 1, "Event", small)),
        row("POST", invocations, 413, TOO_LARGE, &too_large(event + 1, "Event", event))
            .with("X-Amz-Invocation-Type", "Event")
            .sending(spaces(event + 1)),
        row("POST", invocations, 413, TOO_LARGE, &too_large(call + 1, "RequestResponse", call))
            .sending(spaces(call + 1)),
        row(
            "POST",
            invocations,
            413,
            TOO_LARGE,
            "Request must be smaller than 6291456 bytes for the InvokeFunction operation",
        )
        .sending(spaces(call + 1_000_000)),
    ]
}

/// What a web page in somebody's browser could send.
fn pages() -> Vec<Row> {
    let invoke = |text: &str| row("POST", "/2014-11-13/functions/there/invoke-async/", 403, DENIED, text);
    vec![
        invoke("names another server").with("Host", "evil.test"),
        invoke("names another server").with("Host", "localhost.evil.test:9400"),
        invoke("other origins").with("Origin", "https://evil.test"),
        invoke("other origins").with("Origin", "null"),
        invoke("other sites").with("Sec-Fetch-Site", "cross-site"),
        row("GET", "http://evil.test/metrics", 403, DENIED, "names another server"),
    ]
}
