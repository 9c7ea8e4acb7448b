//! Why a record did not arrive. The text is for the operator and the function's owner, who see it on the delivery.

use lambent_domain::delivery::DeliveryFailure;

/// The longest text that is kept of a failure, in characters.
const CHARS_MAX: usize = 500;

/// A failed try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) failure: DeliveryFailure,
    pub(crate) text: String,
}

impl Fault {
    /// Nobody answered, or said that it can't now.
    pub(crate) fn unavailable(text: impl Into<String>) -> Self {
        Self::new(DeliveryFailure::Unavailable, text.into())
    }

    /// It was answered, and refused.
    pub(crate) fn refused(text: impl Into<String>) -> Self {
        Self::new(DeliveryFailure::Refused, text.into())
    }

    /// It can't be sent there at all.
    pub(crate) fn unsendable(text: impl Into<String>) -> Self {
        Self::new(DeliveryFailure::Unsendable, text.into())
    }

    fn new(failure: DeliveryFailure, text: String) -> Self {
        Self { failure, text: printable(&text) }
    }

    /// By the status of an answer that was not what was hoped for.
    pub(crate) fn of_status(status: u16, text: impl Into<String>) -> Self {
        match status {
            408 | 425 | 429 | 500.. => Self::unavailable(text),
            _ => Self::refused(text),
        }
    }
}

/// One bounded line: what a stranger's server says goes into logs and onto terminals.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_say_who_may_be_asked_again_and_texts_are_one_bounded_line() {
        use DeliveryFailure::{Refused, Unavailable};
        for (status, failure) in [
            (301, Refused),
            (400, Refused),
            (403, Refused),
            (404, Refused),
            (408, Unavailable),
            (429, Unavailable),
        ]
        .into_iter()
        .chain([(500, Unavailable), (503, Unavailable)])
        {
            assert_eq!(Fault::of_status(status, "").failure, failure, "{status}");
        }
        let fault = Fault::refused(format!("a\n\u{1b}[31mb{}", "ä".repeat(600)));
        assert!(fault.text.starts_with("a  [31mb"), "{}", fault.text);
        assert_eq!(fault.text.chars().count(), CHARS_MAX);
    }
}
