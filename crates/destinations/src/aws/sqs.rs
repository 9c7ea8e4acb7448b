//! SQS: one message in the queue that the ARN names.

use super::{Arn, Clients, client, fault};
use crate::fault::Fault;
use crate::http::Http;
use crate::message::Message;
use crate::options::ServiceOptions;
use crate::sender::Sender;
use async_trait::async_trait;
use aws_sdk_sqs::types::{
    MessageAttributeValue, MessageSystemAttributeNameForSends, MessageSystemAttributeValue,
};
use lambent_engine::deliveries::TargetKind;

/// What SQS takes: body and attributes together.
const BYTES_MAX: usize = 1_048_576;

/// The sender.
#[derive(Debug)]
pub(crate) struct Sqs {
    clients: Clients<aws_sdk_sqs::Client>,
    http: Http,
}

impl Sqs {
    pub(crate) fn new(options: ServiceOptions, http: Http) -> Self {
        Self { clients: Clients::new("sqs", options), http }
    }
}

#[async_trait]
impl Sender for Sqs {
    fn kind(&self) -> TargetKind {
        TargetKind::Sqs
    }

    async fn send(&self, message: &Message<'_>) -> Result<(), Fault> {
        let arn = Arn::parse(message.target())?;
        if arn.resource.ends_with(".fifo") {
            return Err(Fault::unsendable("a FIFO queue is no destination"));
        }
        let body = message.text_within(BYTES_MAX)?;
        let (client, endpoint) =
            self.clients.of(arn.region, |settings| client!(aws_sdk_sqs, settings, self.http.clone()))?;
        // Every SQS names its queues like this, so the right to ask for the URL is not needed.
        let url = format!("{}/{}/{}", endpoint.trim_end_matches('/'), arn.account, arn.resource);
        let mut request = client.send_message().queue_url(url).message_body(body);
        for attribute in &message.attributes {
            let value = MessageAttributeValue::builder()
                .data_type(attribute.data_type)
                .string_value(&attribute.value)
                .build()
                .map_err(|error| Fault::unsendable(error.to_string()))?;
            request = request.message_attributes(attribute.name, value);
        }
        if let Some(trace) = message.trace() {
            let value = MessageSystemAttributeValue::builder()
                .data_type("String")
                .string_value(trace)
                .build()
                .map_err(|error| Fault::unsendable(error.to_string()))?;
            request =
                request.message_system_attributes(MessageSystemAttributeNameForSends::AwsTraceHeader, value);
        }
        request.send().await.map(drop).map_err(|error| fault(&error))
    }
}
