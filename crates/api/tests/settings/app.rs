//! A server without sockets, and what is expected of its answers.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use lambent_api::{AppState, Door, Guard, Limits};
use lambent_domain::function::{Function, FunctionVersion};
use lambent_domain::qualifier::Version;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server;

/// The ARN of the function that is there.
pub(crate) const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:there";

pub(crate) struct App {
    pub(crate) state: Arc<AppState>,
    door: Door,
    _data: TempDir,
}

/// An answer: its status, the error it is, its body with ids and dates redacted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) kind: Option<String>,
    pub(crate) body: Value,
}

/// A request and the refusal it must get.
pub(crate) type Row<'a> = (&'a str, &'a str, Value, Answer);

impl App {
    /// With the function `there` in two published versions.
    pub(crate) async fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let state = Arc::new(server::state(&data, lambent_api::Auth::Loopback, None));
        let door = Door::public(Arc::clone(&state), Guard::default(), Limits::default());
        let app = Self { state, door, _data: data };
        app.create("there").await;
        app.publish("there", 1).await;
        app.publish("there", 2).await;
        app
    }

    pub(crate) async fn create(&self, name: &str) {
        self.create_with(&server::create_body(name)).await;
    }

    pub(crate) async fn create_with(&self, body: &str) {
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(self.ask("POST", "/2015-03-31/functions", body).await.status, 201);
    }

    pub(crate) async fn publish(&self, name: &str, number: u64) {
        let functions = &self.state.resources.functions;
        let mut function = Function::clone(&functions.find(name).unwrap());
        let mut version = FunctionVersion::clone(&function.latest);
        version.version = Version::Number(number);
        function.published.insert(number, Arc::new(version));
        function.last_published = number;
        functions.replace(function).await.unwrap();
    }

    /// With the alias `live`, which stands for version 1.
    pub(crate) async fn with_alias(self) -> Self {
        let made = self
            .ask(
                "POST",
                "/2015-03-31/functions/there/aliases",
                json!({"Name": "live", "FunctionVersion": "1"}),
            )
            .await;
        assert_eq!(made.status, 201, "{made:?}");
        self
    }

    /// One request; without a body if that is null.
    pub(crate) async fn ask(&self, method: &str, target: &str, body: Value) -> Answer {
        let mut answer = self.ask_in_full(method, target, body).await;
        redact(&mut answer.body);
        answer
    }

    /// The same with ids and dates as they are.
    pub(crate) async fn ask_in_full(&self, method: &str, target: &str, body: Value) -> Answer {
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        self.send_with(method, target, &[], body).await
    }

    /// One request with headers and a body of any kind.
    pub(crate) async fn send_with(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Answer {
        self.send(request(method, target, headers, body)).await
    }

    /// The same; with the request id that is told.
    pub(crate) async fn send_for_id(
        &self,
        target: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> (Answer, String) {
        let answer = self.door.answer(request("POST", target, headers, body)).await;
        let id = answer.headers()["x-amzn-requestid"].to_str().unwrap().to_owned();
        (read(answer).await, id)
    }

    /// A good answer that is no JSON text.
    pub(crate) async fn send_for_text(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> String {
        let answer = self.door.answer(request(method, target, headers, body)).await;
        assert_eq!(answer.status(), 200, "{method} {target}");
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(bytes.into()).unwrap()
    }

    /// One request as it is.
    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Answer {
        read(self.door.answer(request).await).await
    }

    /// Sends an event; says its request id.
    pub(crate) async fn send_event(&self, target: &str) -> String {
        let request = Request::builder().method("POST").uri(target).header("host", "localhost");
        let request = request.header("x-amz-invocation-type", "Event");
        let answer = self.door.answer(request.body(Full::new(Bytes::from_static(b"{}"))).unwrap()).await;
        assert_eq!(answer.status(), 202);
        answer.headers()["x-amzn-requestid"].to_str().unwrap().to_owned()
    }

    pub(crate) async fn get(&self, target: &str) -> Answer {
        self.ask("GET", target, Value::Null).await
    }

    /// A member of what is there.
    pub(crate) async fn read(&self, target: &str, member: &str) -> Value {
        self.ask_in_full("GET", target, Value::Null).await.body[member].clone()
    }

    pub(crate) async fn delete(&self, target: &str) -> Answer {
        self.ask("DELETE", target, Value::Null).await
    }

    /// Every page of a list, its items in one; says of each page how many it had.
    pub(crate) async fn pages(&self, target: &str, list: &str) -> (Vec<usize>, Vec<Value>) {
        self.pages_by("NextMarker", "Marker", target, list).await
    }

    /// The same where the place is called otherwise.
    pub(crate) async fn pages_by(
        &self,
        next_marker: &str,
        parameter: &str,
        target: &str,
        list: &str,
    ) -> (Vec<usize>, Vec<Value>) {
        let (mut sizes, mut items, mut marker) = (Vec::new(), Vec::new(), String::new());
        loop {
            let page = self.ask_in_full("GET", &format!("{target}{marker}"), Value::Null).await.body;
            let found = page[list].as_array().unwrap().clone();
            sizes.push(found.len());
            items.extend(found);
            match page.get(next_marker) {
                Some(next) => marker = format!("&{parameter}={}", next.as_str().unwrap()),
                None => return (sizes, items),
            }
        }
    }

    /// Every row in one run, so that a change of wording shows as a whole.
    pub(crate) async fn refuses(&self, rows: Vec<Row<'_>>) {
        let mut wrong = Vec::new();
        for (method, target, body, expected) in rows {
            let got = self.ask(method, target, body.clone()).await;
            if got != expected {
                wrong.push(format!("{method} {target} {body}\n  expected {expected:?}\n  got      {got:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

fn request(method: &str, target: &str, headers: &[(&str, &str)], body: Bytes) -> Request<Full<Bytes>> {
    let mut request = Request::builder().method(method).uri(target).header("host", "localhost");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Full::new(body)).unwrap()
}

async fn read(answer: lambent_api::response::Answer) -> Answer {
    let status = answer.status().as_u16();
    let kind = answer.headers().get("x-amzn-errortype").map(|kind| kind.to_str().unwrap().to_owned());
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
    Answer { status, kind, body }
}

pub(crate) fn ok(status: u16, body: Value) -> Answer {
    Answer { status, kind: None, body }
}

/// The answer to what leaves nothing to say.
pub(crate) fn done() -> Answer {
    ok(204, Value::Null)
}

pub(crate) fn missing(text: &str) -> Answer {
    refusal(404, "ResourceNotFoundException", json!({"Type": "User", "Message": text}))
}

pub(crate) fn parameter(text: &str) -> Answer {
    refusal(400, "InvalidParameterValueException", json!({"Type": "User", "message": text}))
}

/// Some complaints about parameters do not say whose fault it was.
pub(crate) fn parameter_without_type(text: &str) -> Answer {
    refusal(400, "InvalidParameterValueException", json!({"message": text}))
}

pub(crate) fn conflict(text: &str) -> Answer {
    refusal(409, "ResourceConflictException", json!({"Type": "User", "message": text}))
}

/// What must be at one revision is at another.
pub(crate) fn stale(read_by: &str) -> Answer {
    let text = format!(
        "The Revision Id provided does not match the latest Revision Id. Call the {read_by} API to retrieve the latest \
         Revision Id"
    );
    refusal(412, "PreconditionFailedException", json!({"Type": "User", "message": text}))
}

pub(crate) fn validation(text: &str) -> Answer {
    let text = format!("1 validation error detected: Value {text}");
    refusal(400, "ValidationException", json!({"message": text}))
}

pub(crate) fn refusal(status: u16, kind: &str, body: Value) -> Answer {
    Answer { status, kind: Some(kind.to_owned()), body }
}

/// Puts words in the place of what differs from run to run, once it has the right form.
fn redact(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), &*member) {
                    ("RevisionId", Value::String(id)) if uuid::Uuid::try_parse(id).is_ok() => {
                        *member = "<revision>".into();
                    }
                    ("UUID", Value::String(id)) if uuid::Uuid::try_parse(id).is_ok() => {
                        *member = "<uuid>".into();
                    }
                    ("EventSourceMappingArn", Value::String(arn)) => {
                        *member = before_id(arn, |id| uuid::Uuid::try_parse(id).is_ok());
                    }
                    ("CodeSigningConfigArn", Value::String(arn)) => *member = before_id(arn, is_config_id),
                    ("CodeSigningConfigId", Value::String(id)) if is_config_id(id) => *member = "<id>".into(),
                    ("Location", Value::String(url)) if url.starts_with("http://localhost/") => {
                        *member = "<location>".into();
                    }
                    // Seconds with a fraction.
                    ("LastModified", Value::Number(at)) if at.is_f64() => *member = "<datetime>".into(),
                    ("LastModified" | "CreatedDate", Value::String(at)) if at.ends_with("+0000") => {
                        *member = "<date>".into()
                    }
                    _ => redact(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(redact),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// An ARN whose last part is an id.
fn before_id(arn: &str, is_id: impl Fn(&str) -> bool) -> Value {
    match arn.rsplit_once(':') {
        Some((rest, id)) if is_id(id) => format!("{rest}:<id>").into(),
        _ => arn.into(),
    }
}

fn is_config_id(id: &str) -> bool {
    let digits = id.strip_prefix("csc-").unwrap_or_default();
    digits.len() == 17 && digits.bytes().all(|digit| digit.is_ascii_digit() || digit.is_ascii_lowercase())
}
