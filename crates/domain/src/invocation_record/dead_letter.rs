//! The attributes of a message to a dead-letter queue or topic, whose body is the event itself (facts: async-invocation
//! §7).

use super::InvocationRecord;
use crate::outcome::first_kilobyte;
use crate::request_id::RequestId;

/// The three attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetterAttributes {
    /// `RequestID`, of type String.
    pub request_id: RequestId,
    /// `ErrorCode`, of type Number.
    pub error_code: u16,
    /// `ErrorMessage`, of type String; none if there is nothing to say, since SQS takes no empty attribute.
    pub error_message: Option<String>,
}

impl InvocationRecord {
    /// What a dead letter says beside its body.
    #[must_use]
    pub fn dead_letter_attributes(&self) -> DeadLetterAttributes {
        let message = self.error_message.as_deref().filter(|message| !message.is_empty());
        DeadLetterAttributes {
            request_id: self.request_id,
            error_code: self.status,
            // Replaced before it is cut: the mark is longer than what it stands for.
            error_message: message.map(|message| message.chars().map(sendable).collect()).map(first_kilobyte),
        }
    }
}

/// SQS refuses messages with characters that XML does not have.
fn sendable(letter: char) -> char {
    match letter {
        '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}' => {
            letter
        }
        _ => char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arn::FunctionName;
    use crate::disposition::FailureCondition;
    use crate::time::Timestamp;
    use bytes::Bytes;

    fn attributes(status: u16, message: Option<&str>) -> DeadLetterAttributes {
        let record = InvocationRecord {
            request_id: RequestId::from_bytes([7; 16]),
            function: FunctionName::new("f").unwrap(),
            qualifier: None,
            failure: Some(FailureCondition::RetriesExhausted),
            invoke_count: 3,
            request_payload: Bytes::new(),
            response: None,
            status,
            error_message: message.map(str::to_owned),
            trace: None,
            settled_at: Timestamp::from_millis(1),
        };
        record.dead_letter_attributes()
    }

    #[test]
    fn the_code_is_the_last_attempts_status_and_the_message_its_first_kilobyte() {
        let plain = attributes(200, Some("it broke"));
        assert_eq!((plain.error_code, plain.error_message.as_deref()), (200, Some("it broke")));
        assert_eq!(plain.request_id, RequestId::from_bytes([7; 16]));
        let long = attributes(500, Some(&"ä".repeat(600))).error_message.unwrap();
        assert_eq!(long, "ä".repeat(512));
        let uneven = attributes(500, Some(&format!("a{}", "ä".repeat(600)))).error_message.unwrap();
        assert_eq!(uneven.len(), 1_023);
        for none in [None, Some("")] {
            assert_eq!(attributes(429, none).error_message, None);
        }
        let odd = attributes(200, Some("a\u{0}b\u{ffff}c\n")).error_message.unwrap();
        assert_eq!(odd, "a\u{fffd}b\u{fffd}c\n");
    }
}
