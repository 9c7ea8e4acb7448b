//! SNS: one notification of the topic that the ARN names.

use super::{Arn, Clients, client, fault};
use crate::fault::Fault;
use crate::http::Http;
use crate::message::Message;
use crate::options::ServiceOptions;
use crate::sender::Sender;
use async_trait::async_trait;
use aws_sdk_sns::types::MessageAttributeValue;
use lambent_domain::invocation_record::Purpose;
use lambent_engine::deliveries::TargetKind;

/// What SNS takes.
const BYTES_MAX: usize = 262_144;

/// The sender.
#[derive(Debug)]
pub(crate) struct Sns {
    clients: Clients<aws_sdk_sns::Client>,
    http: Http,
}

impl Sns {
    pub(crate) fn new(options: ServiceOptions, http: Http) -> Self {
        Self { clients: Clients::new("sns", options), http }
    }
}

#[async_trait]
impl Sender for Sns {
    fn kind(&self) -> TargetKind {
        TargetKind::Sns
    }

    async fn send(&self, message: &Message<'_>) -> Result<(), Fault> {
        let arn = Arn::parse(message.target())?;
        if arn.resource.ends_with(".fifo") {
            return Err(Fault::unsendable("a FIFO topic is no destination"));
        }
        // As AWS does it for failures (facts: async-invocation §6); a success that is too large is given up.
        let text = if message.purpose() == Purpose::OnFailure && message.body.len() > BYTES_MAX {
            message.without_payloads()
        } else {
            message.text_within(BYTES_MAX)?.to_owned()
        };
        let (client, _) =
            self.clients.of(arn.region, |settings| client!(aws_sdk_sns, settings, self.http.clone()))?;
        let mut request = client.publish().topic_arn(message.target()).message(text);
        for attribute in &message.attributes {
            let value = MessageAttributeValue::builder()
                .data_type(attribute.data_type)
                .string_value(&attribute.value)
                .build()
                .map_err(|error| Fault::unsendable(error.to_string()))?;
            request = request.message_attributes(attribute.name, value);
        }
        request.send().await.map(drop).map_err(|error| fault(&error))
    }
}
