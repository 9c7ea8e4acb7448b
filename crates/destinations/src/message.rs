//! What is sent: the same for every kind of target, composed once per try.
//!
//! A destination gets the record as its body. A dead-letter queue gets the event itself, byte for byte, and what AWS says
//! about it as attributes (facts: async-invocation §6, §7).

use crate::fault::Fault;
use bytes::Bytes;
use lambent_domain::arn::{AccountId, Region};
use lambent_domain::invocation_record::{DeadLetterAttributes, InvocationRecord, OutgoingRecord, Purpose};

/// Whose functions these are.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) region: Region,
    pub(crate) account: AccountId,
}

/// A message.
#[derive(Debug)]
pub(crate) struct Message<'a> {
    outgoing: &'a OutgoingRecord,
    identity: &'a Identity,
    /// The record, or the event.
    pub(crate) body: Bytes,
    /// Only a dead letter has some.
    pub(crate) attributes: Vec<Attribute>,
}

/// Something said beside the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    /// `String` or `Number`.
    pub(crate) data_type: &'static str,
    pub(crate) value: String,
}

impl<'a> Message<'a> {
    pub(crate) fn compose(outgoing: &'a OutgoingRecord, identity: &'a Identity) -> Self {
        let record = &outgoing.record;
        let (body, attributes) = match outgoing.purpose {
            Purpose::OnSuccess | Purpose::OnFailure => {
                (Bytes::from(record.to_json(&identity.region, &identity.account)), Vec::new())
            }
            Purpose::DeadLetterQueue => (record.request_payload.clone(), attributes(record)),
        };
        Self { outgoing, identity, body, attributes }
    }

    pub(crate) fn record(&self) -> &'a InvocationRecord {
        &self.outgoing.record
    }

    pub(crate) fn target(&self) -> &'a str {
        &self.outgoing.target
    }

    pub(crate) fn purpose(&self) -> Purpose {
        self.outgoing.purpose
    }

    /// X-Ray's context.
    pub(crate) fn trace(&self) -> Option<&'a str> {
        self.outgoing.record.trace.as_deref()
    }

    /// The same for every try of a record, and for no other record: what receivers tell repetitions by.
    pub(crate) fn id(&self) -> String {
        format!("{}.{}", self.record().request_id, purpose_name(self.purpose()))
    }

    /// The function's ARN, as the record has it.
    pub(crate) fn function_arn(&self) -> String {
        self.record().function_arn(&self.identity.region, &self.identity.account).to_string()
    }

    /// The record without its payloads.
    pub(crate) fn without_payloads(&self) -> String {
        self.record().to_json_without_payloads(&self.identity.region, &self.identity.account)
    }

    /// The body as text, which is what AWS's messages are.
    pub(crate) fn text(&self) -> Result<&str, Fault> {
        std::str::from_utf8(&self.body).map_err(|_| Fault::unsendable("the event is not text in UTF-8"))
    }

    /// The body, if the target takes that much: what is said beside it counts too, as AWS counts it.
    pub(crate) fn text_within(&self, bytes_max: usize) -> Result<&str, Fault> {
        let attributes = self.attributes.iter();
        let beside: usize =
            attributes.map(|said| said.name.len() + said.data_type.len() + said.value.len()).sum();
        let bytes = self.body.len().saturating_add(beside);
        if bytes > bytes_max {
            return Err(Fault::unsendable(format!(
                "a message of {bytes} bytes is more than the {bytes_max} it may have"
            )));
        }
        self.text()
    }
}

/// What configuration, headers and files call it.
pub(crate) fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::OnSuccess => "onSuccess",
        Purpose::OnFailure => "onFailure",
        Purpose::DeadLetterQueue => "deadLetterQueue",
    }
}

fn attributes(record: &InvocationRecord) -> Vec<Attribute> {
    let DeadLetterAttributes { request_id, error_code, error_message } = record.dead_letter_attributes();
    let text = |name, value| Attribute { name, data_type: "String", value };
    let mut attributes = vec![
        text("RequestID", request_id.to_string()),
        Attribute { name: "ErrorCode", data_type: "Number", value: error_code.to_string() },
    ];
    attributes.extend(error_message.map(|message| text("ErrorMessage", message)));
    attributes
}
