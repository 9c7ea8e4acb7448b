//! Why a request brought no result.

use super::Endpoint;
use crate::failure::{Exit, Failure};
use http::StatusCode;
use std::time::Duration;

/// AWS's names for a request that is not signed, or not with a key that the server knows.
const UNAUTHENTICATED: [&str; 4] = [
    "MissingAuthenticationTokenException",
    "UnrecognizedClientException",
    "InvalidSignatureException",
    "IncompleteSignatureException",
];
const SIGN: &str =
    "on the server's machine, `eval \"$(lambent env --data-dir DIR)\"` sets a key to sign with";
/// What AWS says between the caller and the action that it may not.
const MAY_NOT: &str = "is not authorized to perform: ";

/// What went wrong between us and the server.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// It is no request.
    #[error("the request can't be sent: {cause}")]
    Unsendable { cause: String },
    /// Nobody is there.
    #[error("no server answers at {endpoint}: {cause}")]
    Unreachable { endpoint: Endpoint, cause: String },
    /// Somebody is there and did not answer in time.
    #[error("{endpoint} did not answer within {} s", .after.as_secs())]
    TimedOut { endpoint: Endpoint, after: Duration },
    /// The connection broke, or what came is not HTTP.
    #[error("the connection to {endpoint} broke: {cause}")]
    Broken { endpoint: Endpoint, cause: String },
    /// The server said no.
    #[error("{kind}: {message}")]
    Refused {
        status: StatusCode,
        /// AWS's name of the error, or the status where there is none.
        kind: String,
        message: String,
    },
    /// The answer is not what the operation answers.
    #[error("the answer of {endpoint} makes no sense: {cause}")]
    Senseless { endpoint: Endpoint, cause: String },
}

impl ClientError {
    /// Whether the server says that there is no such thing.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { kind, .. } if kind == "ResourceNotFoundException")
    }

    /// As a command's failure; `doing` fits after "failed to".
    pub(crate) fn failure(&self, doing: impl Into<String>) -> Failure {
        match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } => Failure::new(Exit::Unreachable, doing, self)
                .hint("start a server with `lambent serve`, or name one with --endpoint"),
            Self::Refused { kind, message, .. } => {
                Failure::new(Exit::Refused, doing, self).maybe_hint(way_out(kind, message))
            }
            Self::Broken { .. } | Self::Senseless { .. } | Self::Unsendable { .. } => {
                Failure::failed(doing, self)
            }
        }
    }
}

/// What to do about a refusal.
fn way_out(kind: &str, message: &str) -> Option<String> {
    if UNAUTHENTICATED.contains(&kind) {
        return Some(SIGN.to_owned());
    }
    match kind {
        "AccessDeniedException" => {
            let action = message.split_once(MAY_NOT)?.1.split(' ').next()?;
            Some(format!(
                "sign with a key whose policy allows {action}; `lambent keys create NAME --policy FILE` makes one"
            ))
        }
        "IdempotentParameterMismatchException" => Some(
            "another event needs another key; the same one must have the same payload, byte for byte"
                .to_owned(),
        ),
        "ServiceUnavailableException" => {
            Some("the server's own log says why; what it has accepted is kept".to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_to_do_next() {
        let hint = |kind: &str, message: &str| way_out(kind, message).unwrap_or_default();
        let denied =
            "User: arn:aws:iam::0:user/few is not authorized to perform: lambent:ListEvents on resource: *";
        assert!(hint("AccessDeniedException", denied).contains("whose policy allows lambent:ListEvents;"));
        assert_eq!(hint("AccessDeniedException", "no"), "");
        assert_eq!(hint("InvalidSignatureException", "no"), SIGN);
        assert_eq!(hint("ResourceNotFoundException", "no"), "");
    }
}
