//! Records of events that are over, as they arrive: at the services of AWS that moto plays, at a webhook, in a file and at
//! a real NATS server.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

mod aws;
mod own;

use lambent_tests::server::wait_for;
use lambent_tests::{Package, Server, runtime};
use serde_json::{Value, json};
use std::time::Duration;

/// What anything takes at most, on a busy machine.
const LONG: Duration = Duration::from_secs(90);

const CODE: &str = "
def handler(event, context):
    if isinstance(event, dict) and event.get('fail'):
        raise ValueError('it broke')
    if 'requestContext' in event:
        return None  # A record: to repeat it would double it at every hop of a circle.
    return {'got': event}
";

/// A function that fails on request and is not retried, with these destinations and this dead-letter queue.
fn function(server: &Server, name: &str, on_success: &str, on_failure: &str, dead_letters: &str) {
    let extra = if dead_letters.is_empty() {
        json!({})
    } else {
        json!({ "DeadLetterConfig": { "TargetArn": dead_letters } })
    };
    let package = Package::of("app.py", CODE);
    server.create_function(name, runtime::python(), "app.handler", package, extra);
    send_to(server, name, on_success, on_failure);
}

/// Sets a function's destinations; an empty text is none.
fn send_to(server: &Server, name: &str, on_success: &str, on_failure: &str) {
    let destination = |arn: &str| if arn.is_empty() { json!({}) } else { json!({ "Destination": arn }) };
    let request = json!({
        "MaximumRetryAttempts": 0,
        "DestinationConfig": { "OnSuccess": destination(on_success), "OnFailure": destination(on_failure) },
    });
    let path = format!("/2019-09-25/functions/{name}/event-invoke-config");
    let reply = server.request("PUT", &path, &[], request.to_string().as_bytes());
    assert_eq!(reply.status, 200, "{}", reply.text());
}

/// Sends an event; gives its request id.
fn invoke(server: &Server, name: &str, payload: &str) -> String {
    let path = format!("/2015-03-31/functions/{name}/invocations");
    let headers = [("x-amz-invocation-type", "Event"), ("x-amzn-trace-id", TRACE)];
    let reply = server.request("POST", &path, &headers, payload.as_bytes());
    assert_eq!(reply.status, 202, "{}", reply.text());
    reply.request_id()
}

const TRACE: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

/// Waits until an event's deliveries are as they should be, and gives them.
fn deliveries(server: &Server, id: &str, ready: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    wait_for(LONG, &format!("the deliveries of {id}"), || {
        let event = server.event(id);
        let deliveries = event["deliveries"].as_array()?.clone();
        ready(&deliveries).then_some(deliveries)
    })
}

fn all_are(state: &'static str) -> impl Fn(&[Value]) -> bool {
    move |deliveries| !deliveries.is_empty() && deliveries.iter().all(|delivery| delivery["state"] == state)
}
