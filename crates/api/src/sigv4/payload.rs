//! What `x-amz-content-sha256` says about the body.

use sha2::{Digest, Sha256};

use super::fault::SignatureError;
use super::hex;

const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
const CHUNKS: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const CHUNKS_TRAILER: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
const UNSIGNED_TRAILER: &str = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

/// How a request's body takes part in its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadForm {
    /// Nothing is said, so the hash of the body is signed.
    Unstated,
    /// The hash of the body is said and signed.
    Hash([u8; 32]),
    /// The body is not signed.
    Unsigned,
    /// `aws-chunked`, every chunk with a signature of its own, perhaps with signed trailers.
    SignedChunks { trailer: bool },
    /// `aws-chunked`, not signed, with trailers.
    UnsignedChunks,
}

impl PayloadForm {
    pub(super) fn parse(text: &str) -> Result<Self, SignatureError> {
        match text {
            UNSIGNED => Ok(Self::Unsigned),
            CHUNKS => Ok(Self::SignedChunks { trailer: false }),
            CHUNKS_TRAILER => Ok(Self::SignedChunks { trailer: true }),
            UNSIGNED_TRAILER => Ok(Self::UnsignedChunks),
            hash => hex::decode(hash).map(Self::Hash).ok_or_else(|| {
                SignatureError::incomplete(
                    "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, \
                     STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-UNSIGNED-PAYLOAD-TRAILER or a valid sha256 \
                     value.",
                )
            }),
        }
    }

    /// The last line of the canonical request.
    pub(super) fn write(self, body: &[u8], line: &mut Vec<u8>) {
        let text = match self {
            Self::Unstated => return line.extend_from_slice(&hex::encode(&Sha256::digest(body).into())),
            Self::Hash(hash) => return line.extend_from_slice(&hex::encode(&hash)),
            Self::Unsigned => UNSIGNED,
            Self::SignedChunks { trailer: false } => CHUNKS,
            Self::SignedChunks { trailer: true } => CHUNKS_TRAILER,
            Self::UnsignedChunks => UNSIGNED_TRAILER,
        };
        line.extend_from_slice(text.as_bytes());
    }

    /// Whether the body has the hash that was said, if one was. A hash is no secret.
    pub(super) fn agrees_with(self, body: &[u8]) -> bool {
        match self {
            Self::Hash(hash) => <[u8; 32]>::from(Sha256::digest(body)) == hash,
            Self::Unstated | Self::Unsigned | Self::SignedChunks { .. } | Self::UnsignedChunks => true,
        }
    }
}
