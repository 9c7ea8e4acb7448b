//! Talking to a server over HTTP, as any client would: the commands use nothing that others can't.

mod batch;
mod connection;
mod endpoint;
mod error;
pub(crate) mod events;
pub(crate) mod functions;
pub(crate) mod logs;
mod query;
pub(crate) mod retry_policy;
mod signer;
mod trust;

pub(crate) use batch::LineAnswer;
pub(crate) use connection::{Answer, Body, Client};
pub(crate) use endpoint::Endpoint;
pub(crate) use error::ClientError;
pub(crate) use signer::Signer;
pub(crate) use trust::connector;

/// Text as one segment of a path: everything but letters, digits and `-_.` is escaped.
pub(crate) fn segment(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_segment_cannot_leave_its_place() {
        assert_eq!(super::segment("a-b_c.9"), "a-b_c.9");
        assert_eq!(super::segment("a/../b?c#d e:$ä"), "a%2F..%2Fb%3Fc%23d%20e%3A%24%C3%A4");
    }
}
