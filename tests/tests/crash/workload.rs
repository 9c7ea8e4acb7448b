//! Everything that can be done with an event, by chance: callers that do it until the server is gone.

use crate::ledger::{Fate, Ledger, Sent};
use lambent_tests::{Chance, Package, Server, http, runtime};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// Its failed events stay in the dead-letter list.
pub(crate) const PLAIN: &str = "plain";
/// Its events' ends are told to a destination.
pub(crate) const TOLD: &str = "told";
/// Where they are told.
pub(crate) const TARGET: &str = "arn:aws:sqs:us-east-1:000000000000:told";
/// Of idempotency keys: few, so that they meet again in later rounds.
const KEYS: u64 = 40;

const HANDLER: &str = "
import time
def handler(event, context):
    print('ran %d as %s' % (event['n'], context.aws_request_id))
    if event['do'] == 'raise' or (event['do'] == 'flaky' and time.time() < event['until']):
        raise ValueError('event %d was told to' % event['n'])
    if event['do'] == 'sleep':
        time.sleep(0.1)
    return {'n': event['n']}
";

/// What a server is configured with: short pauses, and a file as the destination.
pub(crate) fn configuration() -> String {
    format!("[events]\nretry_base_delay_secs = 1\n\n[destinations]\n\"{TARGET}\" = \"file:told\"\n")
}

/// Puts the functions into a fresh server.
pub(crate) fn create_functions(server: &Server) {
    for name in [PLAIN, TOLD] {
        let package = Package::of("app.py", HANDLER);
        server.create_function(name, runtime::python(), "app.handler", package, json!({}));
    }
    let destinations =
        json!({ "OnSuccess": { "Destination": TARGET }, "OnFailure": { "Destination": TARGET } });
    for (name, config) in [
        // Its events fail at once, so that there is something to redrive.
        (PLAIN, json!({ "MaximumRetryAttempts": 0 })),
        (TOLD, json!({ "DestinationConfig": destinations })),
    ] {
        let path = format!("/2019-09-25/functions/{name}/event-invoke-config");
        let reply = server.request("PUT", &path, &[], config.to_string().as_bytes());
        assert_eq!(reply.status, 200, "{}", reply.text());
    }
}

/// One caller. It stops when the server does not answer any more, or when it has sent enough.
pub(crate) fn call(address: SocketAddr, mut chance: Chance, ledger: &Ledger, calls_max: u64) {
    let caller = Caller { address, ledger };
    for _ in 0..calls_max {
        let gone = match chance.within(0..100) {
            0..30 => caller.send(&mut chance, &[]),
            30..45 => {
                let delay = chance.within(1..4).to_string();
                caller.send(&mut chance, &[("x-lambent-delay-seconds", &delay)])
            }
            45..50 => caller.send(&mut chance, &[("x-lambent-priority", "high")]),
            50..62 => caller.send_with_key(&mut chance),
            62..68 => caller.send_batch(&mut chance),
            68..85 => caller.cancel(&mut chance),
            _ => caller.redrive(&mut chance),
        }
        .is_none();
        if gone {
            return;
        }
    }
}

struct Caller<'a> {
    address: SocketAddr,
    ledger: &'a Ledger,
}

/// Nothing: the server is gone.
type Answer = Option<()>;

impl Caller<'_> {
    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Option<http::Reply> {
        http::try_request(self.address, method, path, headers, body.as_bytes()).ok()
    }

    fn send(&self, chance: &mut Chance, headers: &[(&str, &str)]) -> Answer {
        let (function, fate, body) = self.event(chance);
        let asynchronous = format!("/2014-11-13/functions/{function}/invoke-async/");
        let event = format!("/2015-03-31/functions/{function}/invocations");
        let as_event = [headers, &[("x-amz-invocation-type", "Event")]].concat();
        let reply = match chance.one_in(2) {
            true => self.ask("POST", &asynchronous, headers, &body.to_string()),
            false => self.ask("POST", &event, &as_event, &body.to_string()),
        }?;
        assert_eq!(reply.status, 202, "{}", reply.text());
        self.accepted(function, fate, &body, reply.request_id());
        Some(())
    }

    /// The same key is the same event, whenever it is sent.
    fn send_with_key(&self, chance: &mut Chance) -> Answer {
        let number = chance.within(0..KEYS);
        let key = format!("key-{number}");
        let body = json!({ "n": 1_000_000_000 + number, "do": "return" });
        let path = format!("/2014-11-13/functions/{PLAIN}/invoke-async/");
        let headers =
            [("x-lambent-idempotency-key", key.as_str()), ("x-lambent-idempotency-window-seconds", "86400")];
        let reply = self.ask("POST", &path, &headers, &body.to_string())?;
        assert_eq!(reply.status, 202, "{}", reply.text());
        self.ledger.keyed(number, &reply.request_id());
        self.accepted(PLAIN, Fate::Succeeds, &body, reply.request_id());
        Some(())
    }

    fn send_batch(&self, chance: &mut Chance) -> Answer {
        let function = if chance.one_in(2) { PLAIN } else { TOLD };
        let lines: Vec<(Fate, Value)> = (0..chance.within(2..20)).map(|_| self.body(chance)).collect();
        let body: String = lines.iter().map(|(_, body)| format!("{body}\n")).collect();
        let reply = self.ask("POST", &format!("/_lambent/v1/functions/{function}/events"), &[], &body)?;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let text = reply.text();
        assert_eq!(text.lines().count(), lines.len(), "an answer for each line: {text}");
        for (line, (fate, body)) in text.lines().zip(lines) {
            let line: Value = serde_json::from_str(line).unwrap();
            assert_eq!(line["status"], 202, "{line}");
            self.accepted(function, fate, &body, line["requestId"].as_str().unwrap().to_owned());
        }
        Some(())
    }

    fn cancel(&self, chance: &mut Chance) -> Answer {
        let Some(id) = self.ledger.recent(chance) else { return Some(()) };
        let reply = self.ask("POST", &format!("/_lambent/v1/events/{id}/cancel"), &[], "")?;
        match reply.status {
            200 => self.ledger.cancelled(&id, reply.json()),
            409 => {}
            _ => panic!("cancel: {reply:?}"),
        }
        Some(())
    }

    fn redrive(&self, chance: &mut Chance) -> Answer {
        let page = self.ask(
            "GET",
            &format!("/_lambent/v1/events?function={PLAIN}&deadLetters=true&limit=10"),
            &[],
            "",
        )?;
        let page = page.json();
        let events = page["events"].as_array().unwrap();
        let many = u64::try_from(events.len()).unwrap().max(1);
        let Some(event) = events.get(usize::try_from(chance.within(0..many)).unwrap()) else {
            return Some(());
        };
        let id = event["requestId"].as_str().unwrap();
        let reply = self.ask("POST", &format!("/_lambent/v1/events/{id}/redrive"), &[], "")?;
        match reply.status {
            202 => self.ledger.redriven(id, reply.json()["requestId"].as_str().unwrap()),
            // Another caller was quicker.
            409 => {}
            _ => panic!("redrive: {reply:?}"),
        }
        Some(())
    }

    fn event(&self, chance: &mut Chance) -> (&'static str, Fate, Value) {
        let function = if chance.one_in(2) { PLAIN } else { TOLD };
        let (fate, body) = self.body(chance);
        (function, fate, body)
    }

    fn body(&self, chance: &mut Chance) -> (Fate, Value) {
        let number = self.ledger.next_number();
        match chance.within(0..10) {
            0..5 => (Fate::Succeeds, json!({ "n": number, "do": "return" })),
            5..6 => (Fate::Succeeds, json!({ "n": number, "do": "sleep" })),
            6..8 => (Fate::Fails, json!({ "n": number, "do": "raise" })),
            // It succeeds at the second run or the third, or not if that comes too early.
            _ => (
                Fate::Either,
                json!({ "n": number, "do": "flaky", "until": crate::ledger::now_secs() + 0.8 }),
            ),
        }
    }

    fn accepted(&self, function: &'static str, fate: Fate, body: &Value, id: String) {
        self.ledger.accepted(id, Sent { function, fate, number: body["n"].as_u64().unwrap() });
    }
}
