//! EventBridge: one event on the bus that the ARN names.

use super::{Arn, Clients, client, fault, of_service};
use crate::fault::Fault;
use crate::http::Http;
use crate::message::Message;
use crate::options::ServiceOptions;
use crate::sender::Sender;
use async_trait::async_trait;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use lambent_engine::deliveries::TargetKind;

/// What an entry may have, as EventBridge counts it.
const BYTES_MAX: usize = 1_048_576;
/// What EventBridge counts for the time.
const TIME_BYTES: usize = 14;
/// As recorded; AWS's documentation has `aws.lambda`.
const SOURCE: &str = "lambda";
/// The longest trace header that EventBridge takes.
const TRACE_BYTES_MAX: usize = 500;

/// The sender.
#[derive(Debug)]
pub(crate) struct EventBridge {
    clients: Clients<aws_sdk_eventbridge::Client>,
    http: Http,
}

impl EventBridge {
    pub(crate) fn new(options: ServiceOptions, http: Http) -> Self {
        Self { clients: Clients::new("eventbridge", options), http }
    }
}

#[async_trait]
impl Sender for EventBridge {
    fn kind(&self) -> TargetKind {
        TargetKind::EventBridge
    }

    async fn send(&self, message: &Message<'_>) -> Result<(), Fault> {
        let (arn, bus) = (Arn::parse(message.target())?, message.target());
        let outcome = if message.record().failure.is_none() { "Success" } else { "Failure" };
        let detail_type = format!("Lambda Function Invocation Result - {outcome}");
        let function = message.function_arn();
        let beside = TIME_BYTES + SOURCE.len() + detail_type.len() + bus.len() + function.len();
        let detail = message.text_within(BYTES_MAX.saturating_sub(beside))?;
        let (client, _) = self
            .clients
            .of(arn.region, |settings| client!(aws_sdk_eventbridge, settings, self.http.clone()))?;
        let settled_at = i64::try_from(message.record().settled_at.as_millis()).unwrap_or(i64::MAX);
        let trace = message.trace().filter(|trace| trace.len() <= TRACE_BYTES_MAX);
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(bus)
            .source(SOURCE)
            .detail_type(detail_type)
            .resources(bus)
            .resources(function)
            .time(DateTime::from_millis(settled_at))
            .detail(detail)
            .set_trace_header(trace.map(str::to_owned))
            .build();
        let answer = client.put_events().entries(entry).send().await.map_err(|error| fault(&error))?;
        // The call succeeds whatever became of the one event in it.
        let refused = answer.entries().iter().find(|entry| entry.error_code().is_some());
        match (answer.failed_entry_count(), refused) {
            (0, None) => Ok(()),
            (_, Some(entry)) => {
                let status = if entry.error_code() == Some("InternalFailure") { 500 } else { 400 };
                Err(of_service(status, entry.error_code(), entry.error_message()))
            }
            (_, None) => Err(Fault::unavailable("the event was not taken, without a reason")),
        }
    }
}
