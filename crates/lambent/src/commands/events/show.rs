//! `lambent events show`: everything that is known of one event.

use super::super::event_text::{error, instant, one_line, span, state_name};
use super::super::keys::json;
use super::super::waiting;
use super::super::{Context, End};
use crate::cli::Format;
use crate::cli::events::ShowArgs;
use crate::client::ClientError;
use crate::failure::Failure;
use crate::output::table;
use lambent_domain::attempt::{Attempt, AttemptOutcome};
use lambent_domain::disposition::FailureCondition;
use lambent_domain::event::EventStatus;
use lambent_domain::invocation_record::{DeliveryState, DeliveryStatus, Purpose};
use lambent_domain::time::{Clock as _, Timestamp};
use lambent_engine::clock::SystemClock;
use std::time::Duration;

pub(super) async fn run(context: &Context, args: &ShowArgs) -> Result<(), End> {
    let client = context.client(&args.endpoint)?;
    if args.payload {
        let payload = client.event_payload(&args.id).await;
        let payload = payload.map_err(|error| not_kept(&error, &args.id, "payload"))?;
        return Ok(context.output.data(&payload)?);
    }
    if args.result {
        let result = client.event_result(&args.id).await;
        let result = result.map_err(|error| not_kept(&error, &args.id, "result"))?;
        return Ok(context.output.data(&result)?);
    }
    let event = client.event(&args.id).await.map_err(|error| waiting::failure(&error, &args.id))?;
    let text = match args.format.format() {
        Format::Json => json(&event)?,
        Format::Table => as_text(&event, SystemClock.now()),
    };
    Ok(context.output.data(text.as_bytes())?)
}

fn not_kept(error: &ClientError, id: &str, what: &str) -> Failure {
    let failure = error.failure(format!("read the {what} of the event {id}"));
    let hint = match what {
        _ if !error.is_not_found() => return failure,
        "payload" => "a payload is kept until its event is over, and with a dead letter",
        _ => "what a function returned is kept only after a success, and where the server's settings say so",
    };
    failure.hint(hint)
}

fn as_text(event: &EventStatus, now: Timestamp) -> String {
    let mut text = table(&facts(event, now));
    if !event.attempts.is_empty() {
        text.push_str("\nRuns\n");
        event.attempts.iter().for_each(|run| text.push_str(&run_text(run, now)));
    }
    if !event.deliveries.is_empty() {
        text.push_str("\nDeliveries\n");
        event.deliveries.iter().for_each(|delivery| text.push_str(&delivery_text(delivery, now)));
    }
    text
}

fn facts(event: &EventStatus, now: Timestamp) -> Vec<Vec<String>> {
    let id = event.request_id;
    let state = match event.condition {
        Some(condition) => format!("{}: {condition:?}, {}", state_name(event.state), meaning(condition)),
        None => state_name(event.state).to_owned(),
    };
    let function = match &event.qualifier {
        Some(qualifier) => format!("{}:{qualifier}", event.function),
        None => event.function.to_string(),
    };
    let settled = event.settled_at.map(|at| {
        format!("{}, {} after its acceptance", instant(at, now), span(at.since(event.accepted_at)))
    });
    let result = event.result_bytes.map(|bytes| {
        let kept = if event.result_kept { "kept: --result prints it" } else { "not kept" };
        format!("{bytes} bytes, {kept}")
    });
    let kept = if event.state.is_settled() && !event.dead_letter { "" } else { ": --payload prints it" };
    let all = [
        ("Event", Some(id.to_string())),
        ("Function", Some(function)),
        ("State", Some(state)),
        ("Accepted", Some(instant(event.accepted_at, now))),
        ("Next run", event.next_attempt_at.map(|at| instant(at, now))),
        ("Settled", settled),
        ("Priority", (!event.priority.is_normal()).then(|| "high".to_owned())),
        ("Payload", Some(format!("{} bytes{kept}", event.payload_bytes))),
        ("Result", result),
        (
            "Dead letter",
            event.dead_letter.then(|| format!("yes: `lambent events redrive {id}` runs it again")),
        ),
        ("Redrive of", event.redrive_of.map(|of| of.to_string())),
        ("Redriven as", event.redriven_as.map(|by| by.to_string())),
    ];
    all.into_iter().filter_map(|(name, value)| Some(vec![name.to_owned(), value?])).collect()
}

/// AWS's word for why an event was given up, in a sentence.
fn meaning(condition: FailureCondition) -> &'static str {
    match condition {
        FailureCondition::RetriesExhausted => "every run that it may have has failed",
        FailureCondition::EventAgeExceeded => "it, or its next run, would have been too late",
        FailureCondition::ZeroReservedConcurrency => {
            "its function may not run: its reserved concurrency is 0"
        }
        FailureCondition::Recursion => "it was part of a chain in which functions call themselves",
    }
}

fn run_text(run: &Attempt, now: Timestamp) -> String {
    let outcome = match run.outcome {
        AttemptOutcome::Succeeded => "succeeded",
        AttemptOutcome::FunctionError => "failed",
        AttemptOutcome::Timeout => "timed out",
    };
    let mut text = format!(
        "  {}  {}  {outcome} in {}, version {}\n",
        run.number,
        instant(run.started_at, now),
        span(Duration::from_millis(run.duration_ms)),
        run.executed_version
    );
    if let Some(error) = error(run.error_type.as_deref(), run.error_message.as_deref()) {
        text.push_str(&format!("     error  {error}\n"));
    }
    if let Some(environment) = &run.log.environment {
        text.push_str(&format!("     in     environment {}\n", one_line(environment)));
    }
    let from = run.log.position.map(|at| format!("  from {}", at.as_millis())).unwrap_or_default();
    text.push_str(&format!(
        "     log    {}  {}{from}\n",
        one_line(&run.log.group),
        one_line(&run.log.stream)
    ));
    text
}

fn delivery_text(delivery: &DeliveryStatus, now: Timestamp) -> String {
    let purpose = match delivery.purpose {
        Purpose::OnSuccess => "destination on success",
        Purpose::OnFailure => "destination on failure",
        Purpose::DeadLetterQueue => "dead-letter queue",
    };
    let state = match delivery.state {
        DeliveryState::Pending => "pending",
        DeliveryState::Delivered => "delivered",
        DeliveryState::Failed => "given up",
    };
    let tries = super::count(u64::from(delivery.attempts), "failed try").replace("trys", "tries");
    let mut text = format!("  {purpose}  {}\n     {state}", one_line(&delivery.target));
    if delivery.attempts > 0 && delivery.state != DeliveryState::Delivered {
        text.push_str(&format!(", {tries}"));
    }
    if let Some(at) = delivery.last_attempt_at {
        text.push_str(&format!(", last at {}", instant(at, now)));
    }
    text.push('\n');
    if let Some(error) = &delivery.last_error {
        text.push_str(&format!("     error  {}\n", one_line(error)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::event_text::tests::{event, run};

    const NOW: Timestamp = Timestamp::from_millis(185_000);

    #[test]
    fn a_failed_event_shows_its_runs_and_what_was_sent() {
        let members = format!(
            r#""state":"failed","condition":"RetriesExhausted","qualifier":"live","settledAt":2000,"deadLetter":true,
            "attempts":[{}],"deliveries":[{{"purpose":"onFailure","target":"arn:aws:sqs:us-east-1:000000000000:q",
            "state":"pending","attempts":2,"lastError":"connection refused","lastAttemptAt":184000}}]"#,
            run("ValueError", "no")
        );
        let expected = "\
Event        0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d
Function     hello:live
State        failed: RetriesExhausted, every run that it may have has failed
Accepted     1970-01-01 00:00:01.000 UTC (3m4s ago)
Settled      1970-01-01 00:00:02.000 UTC (3m3s ago), 1s after its acceptance
Payload      2 bytes: --payload prints it
Dead letter  yes: `lambent events redrive 0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d` runs it again

Runs
  1  1970-01-01 00:00:01.100 UTC (3m3s ago)  failed in 340ms, version $LATEST
     error  ValueError: no
     in     environment abc
     log    /aws/lambda/hello  2026/11/28/[$LATEST]abc  from 1100

Deliveries
  destination on failure  arn:aws:sqs:us-east-1:000000000000:q
     pending, 2 failed tries, last at 1970-01-01 00:03:04.000 UTC (1s ago)
     error  connection refused
";
        assert_eq!(as_text(&event(&members), NOW), expected);
    }

    #[test]
    fn a_delayed_event_says_when_and_a_kept_result_how() {
        let delayed = event(r#""state":"delayed","attempts":[],"priority":"high","nextAttemptAt":227000"#);
        let text = as_text(&delayed, NOW);
        assert!(text.contains("Next run  1970-01-01 00:03:47.000 UTC (in 42s)\n"), "{text}");
        assert!(text.contains("Priority  high\n") && !text.contains("Runs"), "{text}");
        let kept = event(r#""state":"succeeded","attempts":[],"resultBytes":7,"resultKept":true"#);
        let text = as_text(&kept, NOW);
        assert!(text.contains("Result    7 bytes, kept: --result prints it\n"), "{text}");
        assert!(text.contains("Payload   2 bytes\n"), "{text}");
    }
}
